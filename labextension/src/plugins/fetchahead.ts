import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';

import { ReactiveAPI } from '../api';
import { whenIdle } from '../idle';
import { PluginIDs } from '../tokens';

/** How many files to fetch at the same time: few, so that nobody has to wait. */
const WORKERS = 3;

/** What browsers of one family say of the network; no standard yet. */
interface INetworkInformation {
  readonly saveData?: boolean;
  readonly type?: string;
}

export const fetchAhead: JupyterFrontEndPlugin<void> = {
  id: PluginIDs.fetchAhead,
  description:
    'Fetches what the page of a reactive notebook needs while JupyterLab is idle.',
  autoStart: true,
  activate: (app: JupyterFrontEnd): void => {
    const api = new ReactiveAPI(app.serviceManager.serverSettings);
    const run = async () => {
      await whenIdle(app);
      if (isMetered()) {
        return;
      }
      // Browsers have service workers over HTTPS and on this machine alone.
      const form = 'serviceWorker' in navigator ? 'packed' : 'files';
      const wanted = [...(await api.assets(form))];
      await Promise.all(Array.from({ length: WORKERS }, () => work(wanted)));
    };
    // What does not come now comes with the first notebook.
    run().catch(() => undefined);
  }
};

function isMetered(): boolean {
  const { connection } = navigator as { connection?: INetworkInformation };
  return connection?.saveData === true || connection?.type === 'cellular';
}

/** Let the browser keep one file after the other, for the frame to find. */
async function work(files: string[]): Promise<void> {
  for (let url = files.shift(); url !== undefined; url = files.shift()) {
    const reply = await fetch(url, { priority: 'low' });
    await reply.arrayBuffer();
  }
}
