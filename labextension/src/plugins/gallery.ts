import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IConfigSectionManager } from '@jupyterlab/services';
import type { ConfigSection } from '@jupyterlab/services';
import { ISettingRegistry } from '@jupyterlab/settingregistry';

import { keepOnServer } from '../preference';
import { PluginIDs } from '../tokens';

export const gallery: JupyterFrontEndPlugin<void> = {
  id: PluginIDs.gallery,
  description: 'Lets the user choose which apps the gallery lists.',
  autoStart: true,
  requires: [ISettingRegistry, IConfigSectionManager],
  activate: (
    _app: JupyterFrontEnd,
    registry: ISettingRegistry,
    sections: ConfigSection.IManager
  ): void => {
    void keepOnServer(
      {
        plugin: PluginIDs.gallery,
        section: 'reactive_gallery',
        name: 'folders'
      },
      registry,
      sections
    );
  }
};
