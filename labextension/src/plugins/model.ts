import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';

import { ReactiveAPI } from '../api';
import { ReactiveModel } from '../model';
import { IReactiveModel, PluginIDs } from '../tokens';

export const model: JupyterFrontEndPlugin<IReactiveModel> = {
  id: PluginIDs.model,
  description: 'Knows the reactive servers and sessions.',
  autoStart: true,
  provides: IReactiveModel,
  activate: (app: JupyterFrontEnd): IReactiveModel => {
    const { events, serverSettings } = app.serviceManager;
    const model = new ReactiveModel(new ReactiveAPI(serverSettings), events);
    // The event stream is not taken up again while the page is hidden, and
    // does not say what it missed.
    const onVisible = () => {
      if (document.visibilityState === 'visible') {
        void model.refresh();
      }
    };
    document.addEventListener('visibilitychange', onVisible);
    return model;
  }
};
