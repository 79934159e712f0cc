import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';

import { ReactiveDocument } from '../document';
import { IReactiveModel, PluginIDs } from '../tokens';
import type { INotice } from '../payloads';

export const notices: JupyterFrontEndPlugin<void> = {
  id: PluginIDs.notices,
  description: 'Shows what the server has to say to the users.',
  autoStart: true,
  requires: [IReactiveModel],
  activate: (app: JupyterFrontEnd, model: IReactiveModel): void => {
    const isInSight = (path: string | null): boolean =>
      Array.from(app.shell.widgets('main')).some(
        widget =>
          widget instanceof ReactiveDocument &&
          widget.isVisible &&
          widget.context.path === path
      );
    model.noticed.connect((_, { level, message, path, remedy }: INotice) => {
      // The bar of a tab that is in sight says it, and nothing covers the page.
      if (isInSight(path)) {
        return;
      }
      // A warning stays: whoever is away is the one that it is for.
      const autoClose = level === 'warning' ? false : 10000;
      Notification.emit(`${message}\n\n${remedy}`, level, { autoClose });
    });
  }
};
