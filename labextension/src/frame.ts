import type { Message } from '@lumino/messaging';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { MarimoPage } from './page';
import { isPageRequest } from './wire';
import type { IPageRequest } from './payloads';

const PERMISSIONS = [
  'autoplay',
  'camera',
  'clipboard-read',
  'clipboard-write',
  'fullscreen',
  'microphone'
];

const POINTER_EVENTS = ['pointerdown', 'pointerup', 'pointercancel'];

/**
 * The iframe that shows marimo's page.
 *
 * It is not sandboxed: the page is served by the user's own Jupyter server,
 * and needs that server's cookies.
 */
export class ReactiveFrame extends Widget {
  constructor() {
    const iframe = document.createElement('iframe');
    super({ node: iframe });
    this._iframe = iframe;
    this.page = new MarimoPage(iframe);
    this.addClass('jp-ReactiveFrame');
    iframe.allow = PERMISSIONS.join('; ');
    // The server shows it in no frame of an unknown page, whatever Jupyter's own pages tell.
    iframe.referrerPolicy = 'strict-origin-when-cross-origin';
    iframe.addEventListener('load', this);
  }

  /** What is shown. */
  readonly page: MarimoPage;

  /** Emitted when a page has loaded. */
  get loaded(): ISignal<this, void> {
    return this._loaded;
  }

  /** Emitted when the page takes the focus, which its parent is not told. */
  get entered(): ISignal<this, void> {
    return this._entered;
  }

  /** Emitted when the page asks for something that only its surroundings can do. */
  get requested(): ISignal<this, IPageRequest> {
    return this._requested;
  }

  /** Whether the frame has been told to show a page. */
  get isStarted(): boolean {
    return this._isStarted;
  }

  /** The name that screen readers give the frame. */
  set label(label: string) {
    this._iframe.title = label;
  }

  /** The page's `prefers-color-scheme` follows this. */
  set colorScheme(scheme: 'light' | 'dark') {
    this._iframe.style.colorScheme = scheme;
  }

  /**
   * Show a page, once the frame can be seen: a page of marimo is heavy.
   *
   * @param ask - whether the page that is left may ask about unsaved edits.
   */
  load(url: string, ask: boolean): void {
    this._pending = url;
    this._ask = ask;
    this._flush();
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._iframe.removeEventListener('load', this);
    super.dispose();
  }

  handleEvent(event: Event): void {
    switch (event.type) {
      case 'load':
        this._onLoad();
        break;
      case 'focus':
        this._entered.emit();
        break;
      case 'message':
        this._onMessage(event);
        break;
      case 'pointerdown':
        this.addClass('jp-mod-passive');
        break;
      case 'pointerup':
      case 'pointercancel':
        this.removeClass('jp-mod-passive');
        break;
    }
  }

  protected override onActivateRequest(msg: Message): void {
    this._iframe.focus();
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    // A border or a tab that is dragged fast is over the page before Lumino
    // has got hold of the pointer, and the page would keep it.
    for (const type of POINTER_EVENTS) {
      document.addEventListener(type, this, true);
    }
    window.addEventListener('message', this);
    this._flush();
  }

  protected override onBeforeDetach(msg: Message): void {
    for (const type of POINTER_EVENTS) {
      document.removeEventListener(type, this, true);
    }
    window.removeEventListener('message', this);
    super.onBeforeDetach(msg);
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._flush();
  }

  private _flush(): void {
    const url = this._pending;
    if (url === null || !this.isVisible) {
      return;
    }
    this._pending = null;
    const iframe = this._iframe;
    const { nextSibling, parentNode } = iframe;
    if (this._isStarted && this._ask) {
      // Unlike setting `src`, this leaves no step in the browser's history.
      iframe.contentWindow?.location.replace(url);
    } else if (parentNode) {
      // A page that is taken out of the document is not asked.
      this._isStarted = true;
      iframe.remove();
      iframe.src = url;
      parentNode.insertBefore(iframe, nextSibling);
    }
  }

  private _onLoad(): void {
    if (!this._isStarted) {
      return;
    }
    try {
      this._iframe.contentWindow?.addEventListener('focus', this);
    } catch {
      // The page is of another origin: an error page of the browser or a proxy.
    }
    this._loaded.emit();
  }

  private _onMessage(event: Event): void {
    if (
      event instanceof MessageEvent &&
      event.source === this._iframe.contentWindow &&
      event.origin === new URL(this._iframe.src).origin &&
      isPageRequest(event.data)
    ) {
      this._requested.emit(event.data);
    }
  }

  private _ask = true;
  private _entered = new Signal<this, void>(this);
  private readonly _iframe: HTMLIFrameElement;
  private _isStarted = false;
  private _loaded = new Signal<this, void>(this);
  private _pending: string | null = null;
  private _requested = new Signal<this, IPageRequest>(this);
}
