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

import type { AppDocument } from '../appDocument';
import { AppDocumentFactory } from '../factory';
import { surround } from '../surroundings';
import {
  APP_FACTORY,
  CONTENT_PROVIDER,
  DOMAIN,
  FILE_TYPE,
  MODEL_FACTORY,
  PluginIDs
} from '../tokens';

export const apps: JupyterFrontEndPlugin<void> = {
  id: PluginIDs.apps,
  description: 'Shows reactive notebooks as apps in document tabs.',
  autoStart: true,
  optional: [
    ILayoutRestorer,
    ISettingRegistry,
    IThemeManager,
    IToolbarWidgetRegistry,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    restorer: ILayoutRestorer | null,
    settings: ISettingRegistry | null,
    themes: IThemeManager | null,
    toolbars: IToolbarWidgetRegistry | null,
    maybeTranslator: ITranslator | null
  ): void => {
    const translator = maybeTranslator ?? nullTranslator;
    const trans = translator.load(DOMAIN);
    const { baseUrl } = app.serviceManager.serverSettings;
    const tracker = new WidgetTracker<AppDocument>({
      namespace: 'reactive-app'
    });
    const factory = new AppDocumentFactory(
      {
        name: APP_FACTORY,
        label: trans.__('Reactive app'),
        fileTypes: [FILE_TYPE, 'python', 'markdown'],
        modelName: MODEL_FACTORY,
        contentProviderId: CONTENT_PROVIDER,
        readOnly: true,
        toolbarFactory:
          toolbars && settings
            ? createToolbarFactory(
                toolbars,
                settings,
                APP_FACTORY,
                PluginIDs.apps,
                translator
              )
            : undefined,
        translator
      },
      { baseUrl, themes, trans }
    );
    factory.widgetCreated.connect((_, widget) => {
      widget.context.pathChanged.connect(() => void tracker.save(widget));
      surround(app, widget);
      void tracker.add(widget);
    });
    app.docRegistry.addWidgetFactory(factory);

    if (restorer) {
      void restorer.restore(tracker, {
        command: 'docmanager:open',
        args: widget => ({ path: widget.context.path, factory: APP_FACTORY }),
        name: widget => widget.context.path
      });
    }
  }
};
