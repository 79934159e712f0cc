const IS_MAC = /Mac|iPhone|iPad/.test(navigator.userAgent);

/**
 * Run what is stale, at the lower right of the notebook. After a restart that
 * is every cell. It is there and can be pressed as long as the page is
 * connected with its kernel. marimo's "Re-run all cells" has no key and stands
 * in a palette alone, and its HTTP route would pass the page's own edits by.
 */
const RUN_BUTTON =
  '[data-testid="chrome-controls-bottom-right"] [data-testid="run-button"]:not(:disabled)';

/** Is there once the page has given up, and can be pressed if it may try again. */
const RECONNECT_BUTTON =
  '[data-testid="disconnected-indicator"]:not(:disabled)';

/** How often to look whether the page is connected, in milliseconds. */
const INTERVAL = 500;

/**
 * marimo's page, as far as its surroundings have to reach into it.
 *
 * marimo has no public way for that: what is known of its page stands here
 * and nowhere else.
 */
export class MarimoPage {
  constructor(private readonly _iframe: HTMLIFrameElement) {}

  /**
   * Whether the page would ask before it is left.
   *
   * A page tells nobody but the browser, so it is asked as a browser would.
   */
  get hasUnsavedEdits(): boolean {
    const event = new Event('beforeunload', { cancelable: true });
    this._document?.defaultView?.dispatchEvent(event);
    return event.defaultPrevented;
  }

  /** Press the page's own key for saving. */
  save(): void {
    this._document?.body?.dispatchEvent(
      new KeyboardEvent('keydown', {
        key: 's',
        code: 'KeyS',
        ctrlKey: !IS_MAC,
        metaKey: IS_MAC,
        bubbles: true,
        cancelable: true
      })
    );
  }

  /**
   * Let the page connect again, and wait until it has.
   *
   * It tries by itself some times, but neither after a server that ended in
   * good order nor for longer than about a minute.
   *
   * @param limit - how long to wait, in milliseconds.
   * @returns whether it is connected.
   */
  async reconnect(limit: number): Promise<boolean> {
    const end = Date.now() + limit;
    while (Date.now() < end) {
      if (this._find(RUN_BUTTON)) {
        return true;
      }
      this._find(RECONNECT_BUTTON)?.click();
      await new Promise(resolve => window.setTimeout(resolve, INTERVAL));
    }
    return false;
  }

  /** Run every cell that has not run since it was changed, or at all. */
  runStale(): void {
    this._find(RUN_BUTTON)?.click();
  }

  /** The page's document, if it is of our own origin and not an error page of a proxy. */
  private get _document(): Document | null {
    return this._iframe.contentDocument;
  }

  private _find(selector: string): HTMLElement | null | undefined {
    return this._document?.querySelector<HTMLElement>(selector);
  }
}
