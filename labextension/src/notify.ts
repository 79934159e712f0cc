import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { RequestError, UnexpectedReply } from './request';

/** Show a failure in the server's own words, with what to do about it. */
export function notifyFailure(
  title: string,
  error: unknown,
  trans: TranslationBundle
): void {
  const message = [title, ...explain(error, trans)].join('\n\n');
  Notification.error(message, { autoClose: false });
}

/** The sentences for a failure. */
export function explain(error: unknown, trans: TranslationBundle): string[] {
  if (error instanceof RequestError) {
    return error.remedy ? [error.message, error.remedy] : [error.message];
  }
  if (error instanceof UnexpectedReply) {
    return [
      trans.__('The Jupyter server gave no usable answer (%1).', error.status),
      trans.__(
        'Look whether jupyter-reactive is installed and enabled where the server runs (jupyter server extension list), then load this page again.'
      )
    ];
  }
  return [error instanceof Error ? error.message : String(error)];
}
