import { PageConfig } from '@jupyterlab/coreutils';

import { PageOptions } from './tokens';

/** Whether the operator lets users make notebooks. The server refuses it in any case. */
export function mayCreate(): boolean {
  return PageConfig.getOption(PageOptions.create) !== 'false';
}

/** Whether the operator lets users export notebooks. The server refuses it in any case. */
export function mayExport(): boolean {
  return PageConfig.getOption(PageOptions.exports) !== 'false';
}

/** What the operator has set for lessons. */
export function hookActions(): ReadonlyArray<string> {
  const actions: unknown = JSON.parse(
    PageConfig.getOption(PageOptions.hooks) || '[]'
  );
  return Array.isArray(actions) ? actions : [];
}
