import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PathExt, URLExt } from '@jupyterlab/coreutils';

import type { FrameDocument } from './frameDocument';
import type { IPageRequest } from './payloads';

/** Do for a page what only the JupyterLab around it can do. */
export function surround(app: JupyterFrontEnd, widget: FrameDocument): void {
  const { commands, serviceManager, shell } = app;
  const { frame } = widget.content;
  frame.entered.connect(() => {
    if (shell.currentWidget !== widget) {
      shell.activateById(widget.id);
    }
  });
  frame.requested.connect((_, { action, path }: IPageRequest) => {
    if (action === 'edit') {
      void commands.execute('docmanager:open', { path, factory: 'Editor' });
      return;
    }
    const folder = PathExt.dirname(path);
    if (commands.hasCommand('filebrowser:go-to-path')) {
      void commands.execute('filebrowser:go-to-path', { path: folder });
    } else {
      // A document page of Notebook 7 has no file browser.
      const { baseUrl } = serviceManager.serverSettings;
      window.open(URLExt.join(baseUrl, 'tree', URLExt.encodeParts(folder)));
    }
  });
}
