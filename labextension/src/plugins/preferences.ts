import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IConfigSectionManager } from '@jupyterlab/services';
import type { ConfigSection } from '@jupyterlab/services';
import { ISettingRegistry } from '@jupyterlab/settingregistry';

import { keepOnServer } from '../preference';
import type { IPreference } from '../preference';
import { PluginIDs } from '../tokens';

export const gallery = keeping(
  {
    plugin: PluginIDs.gallery,
    section: 'reactive_gallery',
    name: 'folders'
  },
  'Lets the user choose which apps the gallery lists.'
);

export const snapshots = keeping(
  {
    plugin: PluginIDs.snapshots,
    section: 'reactive_snapshots',
    name: 'on_save'
  },
  'Lets the user have an .ipynb written when a notebook is saved.'
);

function keeping(
  preference: IPreference,
  description: string
): JupyterFrontEndPlugin<void> {
  return {
    id: preference.plugin,
    description,
    autoStart: true,
    requires: [ISettingRegistry, IConfigSectionManager],
    activate: (
      _app: unknown,
      registry: ISettingRegistry,
      sections: ConfigSection.IManager
    ): void => {
      void keepOnServer(preference, registry, sections);
    }
  };
}
