import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Dialog,
  ICommandPalette,
  InputDialog,
  showDialog
} from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { ReactiveAPI } from '../api';
import { addFileCommand } from '../fileCommand';
import { isSaved } from '../meantFile';
import { notifyFailure } from '../notify';
import { listCommands, listTabCommands } from '../palette';
import type { HookAction, IHookResult } from '../payloads';
import { hookActions } from '../policy';
import { CommandIDs, DOMAIN, PluginIDs } from '../tokens';

export const hooks: JupyterFrontEndPlugin<void> = {
  id: PluginIDs.hooks,
  description:
    'Fetches, validates and submits lessons by the commands of the operator.',
  autoStart: true,
  optional: [ICommandPalette, IFileBrowserFactory, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    palette: ICommandPalette | null,
    browsers: IFileBrowserFactory | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(DOMAIN);
    const api = new ReactiveAPI(app.serviceManager.serverSettings);
    const set = hookActions();
    const labels: Record<HookAction, string> = {
      fetch: trans.__('Fetch Lesson'),
      validate: trans.__('Validate Lesson'),
      submit: trans.__('Submit Lesson')
    };
    const run = async (action: HookAction, path: string): Promise<void> => {
      const label = labels[action];
      const name = PathExt.basename(path);
      try {
        const what = trans.__('The command gets the file.');
        if (!(await isSaved(app, path, what, trans))) {
          return;
        }
        const result = await api.runHook(action, path);
        void browsers?.tracker.currentWidget?.model.refresh();
        const outcome =
          result.state === 'done' ? trans.__('done') : trans.__('failed');
        await showDialog({
          title: trans.__('%1, “%2”: %3', label, name, outcome),
          body: said(result),
          buttons: [Dialog.okButton({ label: trans.__('Close') })]
        });
      } catch (error) {
        notifyFailure(trans.__('%1, “%2”', label, name), error, trans);
      }
    };
    for (const action of ACTIONS) {
      addFileCommand({ app, browsers }, COMMANDS[action], {
        label: labels[action],
        caption: trans.__('By the command that the operator has set'),
        isOffered: () => set.includes(action),
        execute: path => run(action, path)
      });
    }

    /** Where the user is in the file browser; the server knows its own drive alone. */
    const folder = (): string | null => {
      const { contents } = app.serviceManager;
      const path = browsers?.tracker.currentWidget?.model.path;
      return path === undefined || contents.driveName(path)
        ? null
        : contents.localPath(path);
    };
    const canFetch = (): boolean => set.includes('fetch') && folder() !== null;
    app.commands.addCommand(CommandIDs.fetchNewLesson, {
      label: trans.__('Fetch a New Lesson…'),
      caption: trans.__('By the command that the operator has set'),
      describedBy: { args: { type: 'object', properties: {} } },
      isVisible: canFetch,
      isEnabled: canFetch,
      execute: async () => {
        const { value } = await InputDialog.getText({
          title: trans.__('Fetch a New Lesson'),
          label: trans.__('Name of the lesson, as your course has it:'),
          okLabel: trans.__('Fetch'),
          cancelLabel: trans.__('Cancel')
        });
        const name = value?.trim();
        const where = folder();
        if (name && where !== null) {
          await run('fetch', PathExt.join(where, name));
        }
      }
    });
    listCommands(palette, trans, [CommandIDs.fetchNewLesson]);
    listTabCommands(
      app,
      palette,
      trans,
      ACTIONS.map(action => COMMANDS[action])
    );
  }
};

const ACTIONS: ReadonlyArray<HookAction> = ['fetch', 'validate', 'submit'];

const COMMANDS: Record<HookAction, string> = {
  fetch: CommandIDs.fetchLesson,
  validate: CommandIDs.validateLesson,
  submit: CommandIDs.submitLesson
};

/** What a command has said, and what it means where it has failed. */
function said({ lines, message, remedy }: IHookResult): Widget {
  const widget = new Widget();
  widget.addClass('jp-ReactiveChanges');
  for (const sentence of [message, remedy]) {
    if (sentence) {
      const line = document.createElement('p');
      line.textContent = sentence;
      widget.node.append(line);
    }
  }
  if (lines.length > 0) {
    const list = document.createElement('pre');
    list.classList.add('jp-ReactiveChanges-list');
    list.tabIndex = 0;
    list.textContent = lines.join('\n');
    widget.node.append(list);
  }
  return widget;
}
