import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IConfigSectionManager } from '@jupyterlab/services';
import type { ConfigSection } from '@jupyterlab/services';
import { ISettingRegistry } from '@jupyterlab/settingregistry';

import { keepOnServer } from '../preference';
import { PluginIDs } from '../tokens';

export const snapshots: JupyterFrontEndPlugin<void> = {
  id: PluginIDs.snapshots,
  description: 'Lets the user have an .ipynb written when a notebook is saved.',
  autoStart: true,
  requires: [ISettingRegistry, IConfigSectionManager],
  activate: (
    _app: JupyterFrontEnd,
    registry: ISettingRegistry,
    sections: ConfigSection.IManager
  ): void => {
    void keepOnServer(
      {
        plugin: PluginIDs.snapshots,
        section: 'reactive_snapshots',
        name: 'on_save'
      },
      registry,
      sections
    );
  }
};
