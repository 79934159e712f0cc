import { LabIcon } from '@jupyterlab/ui-components';

import appSvg from '../style/icons/app.svg';
import reactiveSvg from '../style/icons/reactive.svg';

/** A page with something to slide. */
export const appIcon = new LabIcon({
  name: 'jupyter-reactive:app',
  svgstr: appSvg
});

/** Three cells of a dataflow graph: one feeds the two that depend on it. */
export const reactiveIcon = new LabIcon({
  name: 'jupyter-reactive:notebook',
  svgstr: reactiveSvg
});
