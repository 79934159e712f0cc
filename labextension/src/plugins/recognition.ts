import { IRouter } from '@jupyterlab/application';
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { DisposableDelegate, DisposableSet } from '@lumino/disposable';
import type { IDisposable } from '@lumino/disposable';

import { ReactiveAPI } from '../api';
import { RecognitionIndex } from '../recognition';
import { FACTORY, FILE_TYPE, PluginIDs } from '../tokens';

/** The pages of Notebook 7 that show one file. */
const DOCUMENT_PAGE = /^\/?(?:edit|notebooks)\/([^?#]+)/;

export const recognition: JupyterFrontEndPlugin<void> = {
  id: PluginIDs.recognition,
  description: 'Opens marimo notebooks as reactive notebooks by default.',
  autoStart: true,
  optional: [ISettingRegistry, IRouter],
  activate: async (
    app: JupyterFrontEnd,
    settingRegistry: ISettingRegistry | null,
    router: IRouter | null
  ): Promise<void> => {
    const { docRegistry, serviceManager } = app;
    const { contents, serverSettings } = serviceManager;
    const api = new ReactiveAPI(serverSettings);
    let installed: IDisposable | null = null;

    const apply = (isOn: boolean) => {
      if (isOn === (installed !== null)) {
        return;
      }
      installed?.dispose();
      installed = isOn ? install(docRegistry, contents, api) : null;
      void browser?.model.refresh();
    };

    // Were it asked for as a dependency, its first listing would be over.
    let browser: IDefaultFileBrowser | null = null;
    void app.started.then(async () => {
      browser = await app.resolveOptionalService(IDefaultFileBrowser);
      void browser?.model.refresh();
    });

    // The first listing does not wait for the settings.
    apply(true);
    if (settingRegistry) {
      try {
        const settings = await settingRegistry.load(PluginIDs.recognition);
        const update = () =>
          apply(settings.get('openOnDoubleClick').composite !== false);
        settings.changed.connect(update);
        update();
      } catch (error) {
        console.warn(`The settings of ${PluginIDs.recognition}:`, error);
      }
    }

    // Notebook 7 chooses the factory of the page's file as soon as all plugins
    // are active, and lists no folder before.
    const page = DOCUMENT_PAGE.exec(router?.current.path ?? '');
    if (installed && page) {
      try {
        await contents.get(decodeURIComponent(page[1]), { content: false });
      } catch {
        // The page itself says that the file is not there.
      }
    }
  }
};

/**
 * Wrap what decides how a file is shown.
 *
 * JupyterLab chooses by file name alone and has no door for more, so this
 * replaces three methods on their instances: the only place where we do. When
 * one of them is not there, nothing is touched, and "Open With" remains.
 */
function install(
  registry: DocumentRegistry,
  contents: Contents.IManager,
  api: ReactiveAPI
): IDisposable {
  const { get } = contents;
  const { getFileTypeForModel, preferredWidgetFactories } = registry;
  const methods: unknown[] = [
    get,
    getFileTypeForModel,
    preferredWidgetFactories
  ];
  if (!methods.every(method => typeof method === 'function')) {
    console.warn('Reactive notebooks open with "Open With" only.');
    return new DisposableSet();
  }
  const index = new RecognitionIndex(api, contents);

  const getAndLearn: typeof get = async (path, options) => {
    const model = await get.call(contents, path, options);
    if (!index.isDisposed) {
      if (model.type === 'directory' && Array.isArray(model.content)) {
        const items: Contents.IModel[] = model.content;
        await index.learn(items);
        return { ...model, content: items.map(item => mark(index, item)) };
      } else if (options?.content === false) {
        await index.learn([model]);
      }
    }
    return model;
  };

  const preferOurs: typeof preferredWidgetFactories = path => {
    const factories = preferredWidgetFactories.call(registry, path);
    const ours = registry.getWidgetFactory(FACTORY);
    return ours && index.has(path)
      ? [ours, ...factories.filter(factory => factory !== ours)]
      : factories;
  };

  const typeOurs: typeof getFileTypeForModel = model => {
    const ours = registry.getFileType(FILE_TYPE);
    return ours && model.path && index.has(model.path)
      ? ours
      : getFileTypeForModel.call(registry, model);
  };

  const disposables = new DisposableSet();
  disposables.add(replace(contents, 'get', getAndLearn));
  disposables.add(replace(registry, 'preferredWidgetFactories', preferOurs));
  disposables.add(replace(registry, 'getFileTypeForModel', typeOurs));
  disposables.add(index);
  return disposables;
}

/**
 * Write a recognised file's time in another way, which means the same.
 *
 * A listing draws a file again, and so its icon, when its time is another text.
 */
function mark(index: RecognitionIndex, item: Contents.IModel): Contents.IModel {
  return index.has(item.path) && item.last_modified?.endsWith('Z')
    ? { ...item, last_modified: `${item.last_modified.slice(0, -1)}+00:00` }
    : item;
}

/**
 * Replace a method on one instance.
 *
 * When somebody else has replaced it after us, ours cannot be taken out; it
 * then does nothing of its own, since its index is empty.
 */
function replace<T extends object, K extends keyof T>(
  target: T,
  name: K,
  method: T[K]
): IDisposable {
  const own = Object.getOwnPropertyDescriptor(target, name);
  target[name] = method;
  return new DisposableDelegate(() => {
    if (target[name] !== method) {
      return;
    }
    if (own) {
      Object.defineProperty(target, name, own);
    } else {
      delete (target as Partial<T>)[name];
    }
  });
}
