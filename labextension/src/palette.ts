import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyJSONObject } from '@lumino/coreutils';

/** List commands among ours, where there is a palette. */
export function listCommands(
  palette: ICommandPalette | null,
  trans: TranslationBundle,
  ids: readonly string[],
  args?: ReadonlyJSONObject
): void {
  const category = trans.__('Reactive Notebooks');
  for (const command of ids) {
    palette?.addItem({ category, command, args });
  }
}

/** The same for commands that are about the tab in front: each asks anew when that changes. */
export function listTabCommands(
  app: JupyterFrontEnd,
  palette: ICommandPalette | null,
  trans: TranslationBundle,
  ids: readonly string[]
): void {
  app.shell.currentChanged?.connect(() =>
    ids.forEach(id => app.commands.notifyCommandChanged(id))
  );
  listCommands(palette, trans, ids);
}
