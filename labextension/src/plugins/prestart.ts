import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';

import { ReactiveAPI } from '../api';
import { whenIdle } from '../idle';
import { PluginIDs } from '../tokens';

export const prestart: JupyterFrontEndPlugin<void> = {
  id: PluginIDs.prestart,
  description:
    'Tells the server that JupyterLab is open, so that it may start marimo ahead.',
  autoStart: true,
  activate: (app: JupyterFrontEnd): void => {
    const api = new ReactiveAPI(app.serviceManager.serverSettings);
    // What does not start now starts with the first notebook, and tells why it does not.
    whenIdle(app)
      .then(() => api.prestartServer())
      .catch(() => undefined);
  }
};
