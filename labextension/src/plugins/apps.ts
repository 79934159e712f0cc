import { ILayoutRestorer } from '@jupyterlab/application';
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Clipboard,
  ICommandPalette,
  MainAreaWidget,
  Notification,
  WidgetTracker
} from '@jupyterlab/apputils';
import { PathExt, URLExt } from '@jupyterlab/coreutils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { ReactiveDocument } from '../document';
import { ReactiveFrame } from '../frame';
import { reactiveIcon } from '../icons';
import { CommandIDs, DOMAIN, FILE_TYPE, PluginIDs } from '../tokens';

type AppWidget = MainAreaWidget<ReactiveFrame>;

/** What all commands take. */
const PATH = {
  path: {
    type: 'string',
    description:
      'The path of the notebook; the selected or the current one if it is not given'
  }
} as const;

export const apps: JupyterFrontEndPlugin<void> = {
  id: PluginIDs.apps,
  description: 'Shows reactive notebooks as apps.',
  autoStart: true,
  optional: [
    ICommandPalette,
    IDefaultFileBrowser,
    ILayoutRestorer,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    palette: ICommandPalette | null,
    browser: IDefaultFileBrowser | null,
    restorer: ILayoutRestorer | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(DOMAIN);
    const { commands, serviceManager, shell } = app;
    const { contents, serverSettings } = serviceManager;
    const tracker = new WidgetTracker<AppWidget>({ namespace: 'reactive-app' });

    const urlOf = (path: string): string => {
      const parts = URLExt.encodeParts(contents.localPath(path));
      // The page's own addresses are relative to it.
      return `${URLExt.join(serverSettings.baseUrl, 'reactive', 'run', parts)}/`;
    };

    /** The notebook that a command is about, or null when there is none. */
    const pathOf = (args: ReadonlyPartialJSONObject): string | null => {
      if (typeof args.path === 'string' && args.path) {
        return args.path;
      }
      if (args.isSelection && browser) {
        const items = [...browser.selectedItems()];
        return items.length === 1 ? (items[0]?.path ?? null) : null;
      }
      const widget = shell.currentWidget;
      return widget instanceof ReactiveDocument ? widget.shownPath : null;
    };

    const create = (path: string): AppWidget => {
      const content = new ReactiveFrame();
      const widget = new MainAreaWidget({ content });
      widget.id = `reactive-app:${path}`;
      widget.title.label = PathExt.basename(path);
      widget.title.caption = trans.__('%1 as an app', path);
      widget.title.icon = reactiveIcon;
      widget.title.closable = true;
      content.label = widget.title.caption;
      content.load(urlOf(path), false);
      content.entered.connect(() => shell.activateById(widget.id));
      return widget;
    };

    commands.addCommand(CommandIDs.openApp, {
      label: args =>
        args.mode === 'split-right'
          ? trans.__('Show as App Beside the Notebook')
          : trans.__('Open as App'),
      caption: trans.__('Show the notebook as those see it who use it'),
      isEnabled: args => pathOf(args) !== null,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            ...PATH,
            mode: {
              type: 'string',
              description:
                'Where the tab goes; `split-right` beside the current one'
            }
          }
        }
      },
      execute: args => {
        const path = pathOf(args);
        if (path === null) {
          return;
        }
        const widget =
          tracker.find(known => known.id === `reactive-app:${path}`) ??
          create(path);
        if (!widget.isAttached) {
          const mode = args.mode === 'split-right' ? args.mode : undefined;
          shell.add(widget, 'main', mode && { mode });
          void tracker.add(widget);
        }
        shell.activateById(widget.id);
        return widget;
      }
    });

    commands.addCommand(CommandIDs.openAppInBrowser, {
      label: trans.__('Open as App in New Browser Tab'),
      isEnabled: args => pathOf(args) !== null,
      describedBy: { args: { type: 'object', properties: PATH } },
      execute: args => {
        const path = pathOf(args);
        if (path !== null) {
          window.open(urlOf(path), '_blank', 'noopener');
        }
      }
    });

    commands.addCommand(CommandIDs.copyAppLink, {
      label: trans.__('Copy App Link'),
      isEnabled: args => pathOf(args) !== null,
      describedBy: { args: { type: 'object', properties: PATH } },
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

    const ids = [
      CommandIDs.openApp,
      CommandIDs.openAppInBrowser,
      CommandIDs.copyAppLink
    ];
    shell.currentChanged?.connect(() =>
      ids.forEach(id => commands.notifyCommandChanged(id))
    );

    const selector = `.jp-DirListing-item[data-file-type="${FILE_TYPE}"]`;
    ids.forEach((command, index) =>
      app.contextMenu.addItem({
        command,
        selector,
        rank: 2 + index / 10,
        args: { isSelection: true }
      })
    );
    if (palette) {
      const category = trans.__('Reactive Notebooks');
      ids.forEach(command => palette.addItem({ category, command }));
      palette.addItem({
        category,
        command: CommandIDs.openApp,
        args: { mode: 'split-right' }
      });
    }
    if (restorer) {
      void restorer.restore(tracker, {
        command: CommandIDs.openApp,
        args: widget => ({ path: widget.id.replace('reactive-app:', '') }),
        name: widget => widget.id
      });
    }
  }
};
