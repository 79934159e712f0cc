import type { ConfigSection } from '@jupyterlab/services';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { JSONObject, ReadonlyPartialJSONValue } from '@lumino/coreutils';

/** A setting of a plugin that Jupyter's server has to know of. */
export interface IPreference {
  /** The plugin's id. */
  readonly plugin: string;
  /** The setting's name, in JupyterLab and on the server. */
  readonly name: string;
  /** The server's section of the front ends' configuration. */
  readonly section: string;
}

/**
 * Let the server know what the user chooses, now and later.
 *
 * What the user has left alone is not sent: it may stand in a file of the
 * operator's, or be chosen by a JupyterLab of another version.
 */
export async function keepOnServer(
  { plugin, name, section }: IPreference,
  registry: ISettingRegistry,
  sections: ConfigSection.IManager
): Promise<void> {
  try {
    const settings = await registry.load(plugin);
    const kept = await sections.create({ name: section });
    const send = async (chosen: ReadonlyPartialJSONValue | null) => {
      if (JSON.stringify(kept.data[name] ?? null) !== JSON.stringify(chosen)) {
        await kept.update({ [name]: chosen } as JSONObject);
      }
    };
    const sendLater = () => {
      send(settings.user[name] ?? null).catch((error: unknown) => {
        console.warn(`The server does not keep ${plugin}:`, error);
      });
    };
    settings.changed.connect(sendLater);
    if (settings.user[name] !== undefined) {
      await send(settings.user[name]);
    }
  } catch (error) {
    console.warn(`The settings of ${plugin}:`, error);
  }
}
