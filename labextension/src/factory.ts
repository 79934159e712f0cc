import { ABCWidgetFactory, TextModelFactory } from '@jupyterlab/docregistry';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { Contents } from '@jupyterlab/services';

import { AppDocument } from './appDocument';
import { ReactiveDocument } from './document';
import { ReactiveContent } from './frameDocument';
import type { FrameDocument } from './frameDocument';
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

export class AppDocumentFactory extends ABCWidgetFactory<AppDocument> {
  constructor(
    options: DocumentRegistry.IWidgetFactoryOptions<AppDocument>,
    private readonly _services: FrameDocument.IServices
  ) {
    super(options);
  }

  protected override createNewWidget(
    context: DocumentRegistry.Context
  ): AppDocument {
    const content = new ReactiveContent();
    const translator = this.translator;
    return new AppDocument({ ...this._services, content, context, translator });
  }
}
