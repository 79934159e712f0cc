import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { reactiveIcon } from '../icons';
import { mayCreate } from '../policy';
import { CommandIDs, PluginIDs } from '../tokens';

export const launcher: JupyterFrontEndPlugin<void> = {
  id: PluginIDs.launcher,
  description: 'Adds reactive notebooks to the launcher.',
  autoStart: true,
  optional: [ILauncher, ITranslator],
  activate: (
    _: JupyterFrontEnd,
    launcher: ILauncher | null,
    translator: ITranslator | null
  ): void => {
    if (!launcher || !mayCreate()) {
      return;
    }
    // The section is Lab's own, so its name has to be Lab's in each language.
    const lab = (translator ?? nullTranslator).load('jupyterlab');
    launcher.add({
      command: CommandIDs.create,
      args: { isLauncher: true },
      category: lab.__('Notebook'),
      // In this section the launcher shows no other icon.
      kernelIconUrl: `data:image/svg+xml,${encodeURIComponent(reactiveIcon.svgstr)}`
    });
  }
};
