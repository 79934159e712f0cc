import { ILayoutRestorer } from '@jupyterlab/application';
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  createToolbarFactory,
  IThemeManager,
  IToolbarWidgetRegistry,
  WidgetTracker
} from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import type { ReactiveDocument } from '../document';
import { ReactiveDocumentFactory, ReactiveModelFactory } from '../factory';
import { reactiveIcon } from '../icons';
import { surround } from '../surroundings';
import {
  CONTENT_PROVIDER,
  DOMAIN,
  FACTORY,
  FILE_TYPE,
  IReactiveContents,
  IReactiveModel,
  MODEL_FACTORY,
  PluginIDs
} from '../tokens';
import type { ISessionEvent } from '../payloads';

/** How long Lab gets to take in a rename of its own, in milliseconds. */
const OWN_RENAME_LIMIT = 1000;

export const document: JupyterFrontEndPlugin<void> = {
  id: PluginIDs.document,
  description: 'Opens reactive notebooks in document tabs.',
  autoStart: true,
  requires: [IReactiveModel, IReactiveContents],
  optional: [
    ILayoutRestorer,
    ISettingRegistry,
    IThemeManager,
    IToolbarWidgetRegistry,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    model: IReactiveModel,
    files: IReactiveContents,
    restorer: ILayoutRestorer | null,
    settings: ISettingRegistry | null,
    themes: IThemeManager | null,
    toolbars: IToolbarWidgetRegistry | null,
    maybeTranslator: ITranslator | null
  ): void => {
    const translator = maybeTranslator ?? nullTranslator;
    const trans = translator.load(DOMAIN);
    const { commands, docRegistry, serviceManager } = app;
    const { baseUrl } = serviceManager.serverSettings;
    const tracker = new WidgetTracker<ReactiveDocument>({
      namespace: 'reactive'
    });

    docRegistry.addFileType({
      name: FILE_TYPE,
      displayName: trans.__('Reactive Notebook'),
      contentType: 'file',
      fileFormat: 'text',
      mimeTypes: ['text/x-python'],
      icon: reactiveIcon
    });
    docRegistry.addModelFactory(new ReactiveModelFactory());
    const factory = new ReactiveDocumentFactory(
      {
        name: FACTORY,
        label: trans.__('Reactive notebook'),
        fileTypes: [FILE_TYPE, 'python', 'markdown'],
        modelName: MODEL_FACTORY,
        contentProviderId: CONTENT_PROVIDER,
        toolbarFactory:
          toolbars && settings
            ? createToolbarFactory(
                toolbars,
                settings,
                FACTORY,
                PluginIDs.document,
                translator
              )
            : undefined,
        translator
      },
      {
        baseUrl,
        commands,
        contents: serviceManager.contents,
        model,
        themes,
        trans
      }
    );
    factory.widgetCreated.connect((_, widget) => {
      widget.context.pathChanged.connect(() => void tracker.save(widget));
      surround(app, widget);
      void tracker.add(widget);
    });
    docRegistry.addWidgetFactory(factory);

    if (restorer) {
      void restorer.restore(tracker, {
        command: 'docmanager:open',
        args: widget => ({ path: widget.context.path, factory: FACTORY }),
        name: widget => widget.context.path
      });
    }

    const announce = (source: string, path: string) => {
      files.announceRename(source, path).catch((error: unknown) => {
        console.warn(`The tab of ${source} cannot follow to ${path}`, error);
      });
    };

    // Documents move when Jupyter's contents manager says so. It does not know
    // of renames inside marimo, nor of those by another client.
    model.sessionEvent.connect((_, event: ISessionEvent) => {
      const { action, origin, path, source_path: source } = event;
      if (action === 'restored' && path) {
        // A page whose file was given a name that marimo cannot save has saved
        // under the old one: that is what the tab shows.
        tracker.forEach(({ context, shownPath }) => {
          if (shownPath === path && context.path !== path) {
            announce(context.path, path);
          }
        });
      }
      if (action !== 'renamed' || !path || !source) {
        return;
      }
      const follow = () => {
        if (tracker.find(widget => widget.context.path === source)) {
          announce(source, path);
        }
      };
      if (origin === 'notebook') {
        follow();
      } else {
        window.setTimeout(follow, OWN_RENAME_LIMIT);
      }
    });
  }
};
