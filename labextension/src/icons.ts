import { LabIcon } from '@jupyterlab/ui-components';

import reactiveSvg from '../style/icons/reactive.svg';

/** Three cells of a dataflow graph: one feeds the two that depend on it. */
export const reactiveIcon = new LabIcon({
  name: 'jupyter-reactive:notebook',
  svgstr: reactiveSvg
});
