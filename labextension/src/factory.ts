import { ABCWidgetFactory, TextModelFactory } from '@jupyterlab/docregistry';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { Contents } from '@jupyterlab/services';

import { ReactiveContent, ReactiveDocument } from './document';
import { MODEL_FACTORY } from './tokens';

/** A document model without text: marimo alone reads and writes the file. */
export class ReactiveModelFactory extends TextModelFactory {
  override get name(): string {
    return MODEL_FACTORY;
  }

  override get fileFormat(): Contents.FileFormat {
    return null;
  }

  override get collaborative(): boolean {
    return false;
  }
}

export class ReactiveDocumentFactory extends ABCWidgetFactory<ReactiveDocument> {
  constructor(
    options: DocumentRegistry.IWidgetFactoryOptions<ReactiveDocument>,
    private readonly _services: ReactiveDocument.IServices
  ) {
    super(options);
  }

  protected override createNewWidget(
    context: DocumentRegistry.Context
  ): ReactiveDocument {
    const content = new ReactiveContent();
    const translator = this.translator;
    return new ReactiveDocument({
      ...this._services,
      content,
      context,
      translator
    });
  }
}
