import type { IThemeManager } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { DocumentWidget } from '@jupyterlab/docregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Panel } from '@lumino/widgets';

import { ReactiveBar } from './bar';
import { ReactiveFrame } from './frame';

/** A bar over an iframe. */
export class ReactiveContent extends Panel {
  constructor() {
    super();
    this.addClass('jp-ReactiveContent');
    this.addWidget(this.bar);
    this.addWidget(this.frame);
  }

  readonly bar = new ReactiveBar();
  readonly frame = new ReactiveFrame();

  protected override onActivateRequest(msg: Message): void {
    this.frame.activate();
  }
}

/** A tab that shows one document in a page of the server's. */
export abstract class FrameDocument extends DocumentWidget<ReactiveContent> {
  constructor(options: FrameDocument.IOptions) {
    super(options);
    this.baseUrl = options.baseUrl;
    this.trans = options.trans;
    this._themes = options.themes;
    this._themes?.themeChanged.connect(this._onThemeChanged, this);
    this._onThemeChanged();
  }

  /** The path of the file that the page shows. */
  abstract get shownPath(): string;

  protected readonly baseUrl: string;

  protected readonly trans: TranslationBundle;

  /** The name of the document's file. */
  protected get name(): string {
    return PathExt.basename(this.context.localPath);
  }

  private _onThemeChanged(): void {
    const theme = this._themes?.theme;
    const isLight = !theme || this._themes?.isLight(theme);
    this.content.frame.colorScheme = isLight ? 'light' : 'dark';
  }

  private readonly _themes: IThemeManager | null;
}

export namespace FrameDocument {
  export interface IServices {
    readonly baseUrl: string;
    readonly themes: IThemeManager | null;
    readonly trans: TranslationBundle;
  }

  export interface IOptions
    extends DocumentWidget.IOptions<ReactiveContent>, IServices {}
}
