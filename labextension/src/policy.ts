import { PageConfig } from '@jupyterlab/coreutils';

import { PageOptions } from './tokens';

/** Whether the operator lets users make notebooks. The server refuses it in any case. */
export function mayCreate(): boolean {
  return PageConfig.getOption(PageOptions.create) !== 'false';
}
