import { Widget } from '@lumino/widgets';

/** What a bar speaks about. A newer message takes the place of an older one. */
export type BarTopic =
  'deleted' | 'name' | 'notice' | 'server' | 'session' | 'silence';

export interface IBarAction {
  readonly label: string;
  readonly execute: () => void;
}

/** The strip above a notebook that says what happened and offers the next step. */
export class ReactiveBar extends Widget {
  constructor() {
    super();
    this.addClass('jp-ReactiveBar');
    // The element stays in the page while it is empty, since screen readers
    // only announce what is put into an alert that they know.
    this.node.setAttribute('role', 'alert');
  }

  /** What the bar speaks about now. */
  get topic(): BarTopic | null {
    return this._topic;
  }

  present(
    topic: BarTopic,
    message: string,
    actions: ReadonlyArray<IBarAction>
  ): void {
    const hadFocus = this._hasFocus;
    this._topic = topic;
    const text = document.createElement('span');
    text.className = 'jp-ReactiveBar-message';
    text.textContent = message;
    const buttons = actions.map(action => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'jp-ReactiveBar-button jp-mod-styled';
      button.textContent = action.label;
      button.addEventListener('click', () => action.execute());
      return button;
    });
    this.node.replaceChildren(text, ...buttons);
    if (hadFocus) {
      this._passFocus(buttons[0]);
    }
  }

  /** Take the message away, if it is about this topic. */
  dismiss(topic: BarTopic): void {
    if (this._topic === topic) {
      const hadFocus = this._hasFocus;
      this._topic = null;
      this.node.replaceChildren();
      if (hadFocus) {
        this._passFocus();
      }
    }
  }

  private get _hasFocus(): boolean {
    return this.node.contains(document.activeElement);
  }

  /** Whoever used the keyboard goes on here, or in the notebook. */
  private _passFocus(button?: HTMLElement): void {
    if (button) {
      button.focus();
    } else {
      this.parent?.activate();
    }
  }

  private _topic: BarTopic | null = null;
}
