import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { commands } from './plugins/commands';
import { contents } from './plugins/contents';
import { document } from './plugins/document';
import { keepAlive } from './plugins/keepalive';
import { launcher } from './plugins/launcher';
import { model } from './plugins/model';
import { newMenu } from './plugins/newmenu';
import { notices } from './plugins/notices';
import { recognition } from './plugins/recognition';
import { running } from './plugins/running';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  model,
  contents,
  document,
  commands,
  launcher,
  recognition,
  running,
  newMenu,
  notices,
  keepAlive
];

export default plugins;
