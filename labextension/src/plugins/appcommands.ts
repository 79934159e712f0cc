import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Clipboard,
  ICommandPalette,
  IToolbarWidgetRegistry,
  Notification
} from '@jupyterlab/apputils';
import { URLExt } from '@jupyterlab/coreutils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import {
  editIcon,
  launchIcon,
  linkIcon,
  refreshIcon,
  ToolbarButton
} from '@jupyterlab/ui-components';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { Widget } from '@lumino/widgets';

import { AppDocument, appUrl } from '../appDocument';
import { FrameDocument } from '../frameDocument';
import { appIcon } from '../icons';
import { notifyFailure } from '../notify';
import { listCommands, listTabCommands } from '../palette';
import { APP_FACTORY, CommandIDs, DOMAIN, FACTORY, PluginIDs } from '../tokens';

/** What the commands take. */
const ARGS = {
  path: {
    type: 'string',
    description:
      'The path of the notebook; that of the current tab if it is not given'
  },
  origin: {
    type: 'string',
    enum: ['file', 'menu', 'tab'],
    description:
      'Where the command is run from: the selected file of the file browser, a menu that is there for all tabs, the tab of the context menu'
  }
} as const;

export const appCommands: JupyterFrontEndPlugin<void> = {
  id: PluginIDs.appCommands,
  description: 'Adds the commands for reactive notebooks as apps.',
  autoStart: true,
  optional: [
    ICommandPalette,
    IDefaultFileBrowser,
    IToolbarWidgetRegistry,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    palette: ICommandPalette | null,
    browser: IDefaultFileBrowser | null,
    toolbars: IToolbarWidgetRegistry | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(DOMAIN);
    const { commands, serviceManager, shell } = app;
    const { contents, serverSettings } = serviceManager;

    const urlOf = (path: string): string =>
      appUrl(serverSettings.baseUrl, contents.localPath(path));

    /** The tab that a command is about. */
    const tabOf = (args: ReadonlyPartialJSONObject): Widget | null => {
      if (args.origin !== 'tab') {
        return shell.currentWidget;
      }
      const id = app.contextMenuHitTest(node => 'id' in node.dataset)?.dataset
        .id;
      return [...shell.widgets('main')].find(known => known.id === id) ?? null;
    };

    /** The notebook that a command is about, or null when there is none. */
    const pathOf = (args: ReadonlyPartialJSONObject): string | null => {
      if (typeof args.path === 'string' && args.path) {
        return args.path;
      }
      if (args.origin === 'file') {
        const [item, ...others] = browser?.selectedItems() ?? [];
        return item && others.length === 0 ? item.path : null;
      }
      const widget = tabOf(args);
      return widget instanceof FrameDocument ? widget.shownPath : null;
    };

    const isThere = (args: ReadonlyPartialJSONObject): boolean =>
      pathOf(args) !== null;
    const state = {
      isEnabled: isThere,
      // In a menu of all tabs it is no business of most of them.
      isVisible: (args: ReadonlyPartialJSONObject) =>
        args.origin !== 'menu' || isThere(args)
    };

    commands.addCommand(CommandIDs.openApp, {
      ...state,
      label: args =>
        args.isBeside
          ? trans.__('Show as App Beside the Notebook')
          : trans.__('Open as App'),
      caption: trans.__('Show the notebook as those see it who use it'),
      icon: args => (args.origin === undefined ? undefined : appIcon),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            ...ARGS,
            isBeside: {
              type: 'boolean',
              description: 'Whether the tab goes beside the current one'
            }
          }
        }
      },
      execute: async args => {
        const path = pathOf(args);
        if (path === null) {
          return;
        }
        const tab = tabOf(args);
        const options =
          args.isBeside && tab ? { mode: 'split-right', ref: tab.id } : {};
        try {
          return await commands.execute('docmanager:open', {
            path,
            factory: APP_FACTORY,
            options
          });
        } catch (error) {
          notifyFailure(
            trans.__('“%1” could not be opened.', path),
            error,
            trans
          );
        }
      }
    });

    commands.addCommand(CommandIDs.openAppInBrowser, {
      ...state,
      label: trans.__('Open as App in New Browser Tab'),
      describedBy: { args: { type: 'object', properties: ARGS } },
      execute: args => {
        const path = pathOf(args);
        if (path !== null) {
          window.open(urlOf(path), '_blank', 'noopener');
        }
      }
    });

    commands.addCommand(CommandIDs.copyAppLink, {
      ...state,
      label: trans.__('Copy App Link'),
      describedBy: { args: { type: 'object', properties: ARGS } },
      execute: args => {
        const path = pathOf(args);
        if (path !== null) {
          Clipboard.copyToSystem(
            new URL(urlOf(path), window.location.href).href
          );
          Notification.success(trans.__('The link of the app is copied.'), {
            autoClose: 3000
          });
        }
      }
    });

    commands.addCommand(CommandIDs.openGallery, {
      label: trans.__('Show All Apps in New Browser Tab'),
      caption: trans.__('Show the page that lists the apps'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => {
        const { baseUrl } = serverSettings;
        const url = URLExt.join(baseUrl, 'reactive', 'run');
        window.open(`${url}/`, '_blank', 'noopener');
      }
    });

    listTabCommands(app, palette, trans, [
      CommandIDs.openApp,
      CommandIDs.openAppInBrowser,
      CommandIDs.copyAppLink
    ]);
    listCommands(palette, trans, [CommandIDs.openGallery]);
    listCommands(palette, trans, [CommandIDs.openApp], { isBeside: true });

    /** A button that is about the tab which it stands in, current or not. */
    const addButton = (
      factory: string,
      name: string,
      icon: LabIcon,
      tooltip: string,
      execute: (widget: FrameDocument) => void,
      label?: string
    ): void => {
      toolbars?.addFactory<FrameDocument>(
        factory,
        name,
        widget =>
          new ToolbarButton({
            icon,
            label,
            tooltip,
            onClick: () => execute(widget)
          })
      );
    };
    /** Run a command about a tab. */
    const about =
      (command: string, args: ReadonlyPartialJSONObject = {}) =>
      (widget: FrameDocument): void => {
        shell.activateById(widget.id);
        void commands.execute(command, { path: widget.shownPath, ...args });
      };
    addButton(
      FACTORY,
      'app',
      appIcon,
      trans.__('Show as app beside the notebook'),
      about(CommandIDs.openApp, { isBeside: true }),
      trans.__('Show as App')
    );
    addButton(
      APP_FACTORY,
      'edit',
      editIcon,
      trans.__('Edit the notebook'),
      about(CommandIDs.open)
    );
    addButton(
      APP_FACTORY,
      'restart',
      refreshIcon,
      trans.__('Start the app anew'),
      widget => widget instanceof AppDocument && widget.load()
    );
    addButton(
      APP_FACTORY,
      'browser',
      launchIcon,
      trans.__('Open in new browser tab'),
      about(CommandIDs.openAppInBrowser)
    );
    addButton(
      APP_FACTORY,
      'link',
      linkIcon,
      trans.__('Copy the link of the app'),
      about(CommandIDs.copyAppLink)
    );
  }
};
