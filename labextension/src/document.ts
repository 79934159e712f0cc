import { PathExt, URLExt } from '@jupyterlab/coreutils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { Contents } from '@jupyterlab/services';
import type { CommandRegistry } from '@lumino/commands';

import { FrameDocument } from './frameDocument';
import { reactiveIcon } from './icons';
import { ServerEndings } from './serverEndings';
import { SessionEndings } from './sessionEndings';
import type { IReactiveModel } from './tokens';
import type { ISessionEvent } from './payloads';

/** The endings of the files that marimo saves notebooks in. */
const NOTEBOOK_SUFFIXES = ['.py', '.md', '.qmd'];

/** A tab that shows one reactive notebook. */
export class ReactiveDocument extends FrameDocument {
  constructor(options: ReactiveDocument.IOptions) {
    super(options);
    this._contents = options.contents;
    this._model = options.model;
    this._shown = this.context.path;

    this.addClass('jp-ReactiveDocument');
    this.title.icon = reactiveIcon;
    // The context menu of the tab goes by it.
    this.title.dataset = { ...this.title.dataset, reactive: 'notebook' };

    const surroundings = {
      bar: this.content.bar,
      frame: this.content.frame,
      load: (ask?: boolean) => this._load(ask),
      model: this._model,
      trans: this.trans
    };
    const { commands } = options;
    this._endings = [
      new ServerEndings({ ...surroundings, commands }),
      new SessionEndings({
        ...surroundings,
        notebook: { name: () => this.name, path: () => this._shown }
      })
    ];
    this.context.pathChanged.connect(this._onPathMoved, this);
    this.context.saveState.connect(this._onSaveState, this);
    this._contents.fileChanged.connect(this._onFileChanged, this);
    this._model.sessionEvent.connect(this._onSessionEvent, this);
    this._load();
  }

  override get shownPath(): string {
    return this._shown;
  }

  /** Show what is in the file now; what is not saved in the page is lost. */
  loadFile(): void {
    this._load(false);
  }

  override dispose(): void {
    if (this.isDisposed || this._isSpared) {
      return;
    }
    this._endings.forEach(ending => ending.dispose());
    super.dispose();
  }

  /**
   * Load the page of the document's path.
   *
   * @param ask - whether the browser asks about edits that are not saved.
   */
  private _load(ask = true): void {
    const { bar, frame } = this.content;
    bar.dismiss('name');
    this._endings.forEach(ending => ending.forget());
    this._shown = this.context.path;
    this._isLeftBehind = false;
    this._label();
    const path = URLExt.encodeParts(this.context.localPath);
    const url = URLExt.join(this.baseUrl, 'reactive', 'open', path);
    frame.load(`${url}?theme=system`, ask);
  }

  private async _onPathMoved(): Promise<void> {
    const path = this.context.path;
    const source = this._shown;
    this._label();
    // What has moved is there, whatever was said before.
    this._onFound();
    this.content.bar.dismiss('name');
    if (path === source) {
      return;
    }
    // Whoever asks before the server has moved the session gets a new one.
    const isThere =
      !this._isLeftBehind && (await this._model.follow(source, path));
    if (this.isDisposed || this.context.path !== path || this._shown === path) {
      return;
    }
    if (isThere) {
      // A session that has moved keeps what was typed into its page.
      this._load(this._model.sessionAt(path) === undefined);
    } else {
      this._sayLeftBehind();
    }
  }

  private _onSaveState(_: unknown, state: DocumentRegistry.SaveState): void {
    // Lab's own save writes nothing (see `ReactiveContents`), so that whoever
    // chose it gets what was meant: marimo's.
    if (state === 'started') {
      this.content.frame.page.save();
    }
  }

  private _onFileChanged(_: unknown, change: Contents.IChangedArgs): void {
    const path = this.context.path;
    if (change.type === 'delete') {
      const gone = change.oldValue?.path;
      if (gone && (path === gone || path.startsWith(`${gone}/`))) {
        this._spare();
        this._onDeleted();
      }
    } else if (change.newValue?.path === path) {
      this._onFound();
    }
  }

  /**
   * Stay when Lab disposes the tab of the file that it deletes.
   *
   * It does so in the turn in which it says that the file is gone, and what
   * the user typed may live in the page alone.
   */
  private _spare(): void {
    this._isSpared = true;
    window.setTimeout(() => {
      this._isSpared = false;
    });
  }

  private _onDeleted(): void {
    const { bar, frame } = this.content;
    const message = this.trans.__(
      '“%1” was deleted. The notebook still runs and nothing you typed is lost.',
      this.name
    );
    bar.present('deleted', message, [
      {
        label: this.trans.__('Save it again'),
        execute: () => frame.page.save()
      },
      { label: this.trans.__('Close'), execute: () => this.close() }
    ]);
  }

  private _onFound(): void {
    this.content.bar.dismiss('deleted');
    if (this.context.path === this._shown) {
      this._isLeftBehind = false;
    }
  }

  private _onSessionEvent(_: unknown, event: ISessionEvent): void {
    const shown = this._shown;
    if (event.path !== shown && event.source_path !== shown) {
      return;
    }
    switch (event.action) {
      case 'deleted':
        this._isLeftBehind = true;
        if (this.context.path === shown) {
          this._onDeleted();
        }
        break;
      case 'restored':
        this._onFound();
        break;
      case 'renamed':
        if (event.origin === 'notebook' && event.path) {
          // The page shows the file under its new name already.
          this._shown = event.path;
        }
        break;
    }
  }

  private _sayLeftBehind(): void {
    const name = this.name;
    const old = PathExt.basename(this._contents.localPath(this._shown));
    const { bar } = this.content;
    if (!NOTEBOOK_SUFFIXES.includes(PathExt.extname(name))) {
      const message = this.trans.__(
        '“%1” is called %2 now, and marimo cannot save a notebook under such a name. Rename it back to .py to go on.',
        old,
        name
      );
      bar.present('name', message, []);
      return;
    }
    const message = this.trans.__(
      '“%1” is called %2 now, and the notebook that runs here cannot follow. Load the page again to go on with %2; its variables start anew.',
      old,
      name
    );
    bar.present('name', message, [
      { label: this.trans.__('Load again'), execute: () => this._load() }
    ]);
  }

  private _label(): void {
    const label = this.trans.__('Reactive notebook %1', this.name);
    this.content.frame.label = label;
  }

  private readonly _contents: Contents.IManager;
  private readonly _endings: ReadonlyArray<ServerEndings | SessionEndings>;
  /** Whether the session of the page has lost its file. */
  private _isLeftBehind = false;
  private _isSpared = false;
  private readonly _model: IReactiveModel;
  private _shown: string;
}

export namespace ReactiveDocument {
  export interface IServices extends FrameDocument.IServices {
    readonly commands: CommandRegistry;
    readonly contents: Contents.IManager;
    readonly model: IReactiveModel;
  }

  export interface IOptions extends FrameDocument.IOptions, IServices {}
}
