import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

/** A view of log lines whose text can be selected. */
export function createLogBody(
  lines: ReadonlyArray<string>,
  trans: TranslationBundle
): Widget {
  const node = document.createElement('pre');
  node.className = 'jp-ReactiveLog';
  node.tabIndex = 0;
  node.setAttribute('role', 'log');
  node.setAttribute('aria-label', trans.__('Log of the reactive notebooks'));
  node.textContent =
    lines.length > 0
      ? lines.join('\n')
      : trans.__('The log is empty: the server has not been started yet.');
  return new Widget({ node });
}
