import { URLExt } from '@jupyterlab/coreutils';

import { FrameDocument } from './frameDocument';
import { appIcon } from './icons';

/**
 * The address of a notebook as an app.
 *
 * @param path - of the notebook, without a drive.
 */
export function appUrl(baseUrl: string, path: string): string {
  const parts = URLExt.encodeParts(path);
  // The page's own addresses are relative to it.
  return `${URLExt.join(baseUrl, 'reactive', 'run', parts)}/`;
}

/** A tab that shows one reactive notebook as those see it who use it. */
export class AppDocument extends FrameDocument {
  constructor(options: FrameDocument.IOptions) {
    super(options);
    this.addClass('jp-ReactiveApp');
    this.title.icon = appIcon;
    // An app that has moved is another one to the server: its page begins anew.
    this.context.pathChanged.connect(this.load, this);
    this.load();
  }

  override get shownPath(): string {
    return this.context.path;
  }

  /** Show the app with a new session. */
  load(): void {
    const { frame } = this.content;
    frame.label = this.trans.__('App %1', this.name);
    const url = appUrl(this.baseUrl, this.context.localPath);
    frame.load(`${url}?theme=system`, false);
  }
}
