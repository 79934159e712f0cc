import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';

import { IReactiveModel, PluginIDs } from '../tokens';
import type { INotice } from '../wire';

export const notices: JupyterFrontEndPlugin<void> = {
  id: PluginIDs.notices,
  description: 'Shows what the server has to say to the users.',
  autoStart: true,
  requires: [IReactiveModel],
  activate: (_: JupyterFrontEnd, model: IReactiveModel): void => {
    model.noticed.connect((_, { level, message, remedy }: INotice) => {
      // A warning stays: whoever is away is the one that it is for.
      const autoClose = level === 'warning' ? false : 10000;
      Notification.emit(`${message}\n\n${remedy}`, level, { autoClose });
    });
  }
};
