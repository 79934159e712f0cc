import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';

import { ReactiveAPI } from '../api';
import { connectEvents } from '../events';
import { ReactiveModel } from '../model';
import { IReactiveModel, PluginIDs } from '../tokens';

export const model: JupyterFrontEndPlugin<IReactiveModel> = {
  id: PluginIDs.model,
  description: 'Knows the reactive servers and sessions.',
  autoStart: true,
  provides: IReactiveModel,
  activate: (app: JupyterFrontEnd): IReactiveModel => {
    const { serverSettings } = app.serviceManager;
    const events = connectEvents(serverSettings, () => void model.refresh());
    const model = new ReactiveModel(new ReactiveAPI(serverSettings), events);
    // A connection that is lost while the page is hidden comes back a while
    // after the page has.
    const onVisible = () => {
      if (document.visibilityState === 'visible') {
        void model.refresh();
      }
    };
    document.addEventListener('visibilitychange', onVisible);
    return model;
  }
};
