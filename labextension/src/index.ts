import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { appCommands } from './plugins/appcommands';
import { apps } from './plugins/apps';
import { commands } from './plugins/commands';
import { contents } from './plugins/contents';
import { convert } from './plugins/convert';
import { courseLink } from './plugins/courselink';
import { document } from './plugins/document';
import { exportNotebook } from './plugins/export';
import { fetchAhead } from './plugins/fetchahead';
import { hooks } from './plugins/hooks';
import { keepAlive } from './plugins/keepalive';
import { launcher } from './plugins/launcher';
import { model } from './plugins/model';
import { newMenu } from './plugins/newmenu';
import { notices } from './plugins/notices';
import { gallery, snapshots } from './plugins/preferences';
import { prestart } from './plugins/prestart';
import { recognition } from './plugins/recognition';
import { released } from './plugins/released';
import { running } from './plugins/running';
import { runningApps } from './plugins/runningapps';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  model,
  contents,
  document,
  commands,
  apps,
  convert,
  exportNotebook,
  courseLink,
  released,
  hooks,
  appCommands,
  launcher,
  recognition,
  running,
  runningApps,
  gallery,
  snapshots,
  newMenu,
  notices,
  keepAlive,
  fetchAhead,
  prestart
];

export default plugins;
