import { Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSONValue } from '@lumino/coreutils';

import type { ReactiveAPI } from './api';
import { Listener } from './listener';
import { notifyFailure } from './notify';
import { RequestError } from './request';
import type { IReactiveModel } from './tokens';
import type { IExport } from './payloads';

/** One notification for each export that was begun here: how far it is, and what came of it. */
export class ExportNotifications extends Listener {
  constructor(private readonly _options: ExportNotifications.IOptions) {
    super();
    const { model } = _options;
    model.exported.connect((_, item) => this._show(item), this);
    model.refreshed.connect(() => this._askAgain(), this);
  }

  /** Show an export that has just begun, until it ends. */
  async follow(item: IExport): Promise<void> {
    const { api, trans } = this._options;
    const notification = Notification.emit(
      this._progress(item),
      'in-progress',
      {
        autoClose: false,
        actions: [
          {
            label: trans.__('Cancel'),
            callback: () => void this._cancel(item, api)
          }
        ]
      }
    );
    this._shown.set(item.id, { item, notification });
    // It may have ended before anybody listened.
    await this._ask(item);
  }

  private async _cancel(item: IExport, api: ReactiveAPI): Promise<void> {
    const { trans } = this._options;
    try {
      await api.cancelExport(item.id);
    } catch (error) {
      notifyFailure(
        trans.__('The export of “%1” could not be cancelled.', nameOf(item)),
        error,
        trans
      );
    }
  }

  private _askAgain(): void {
    for (const { item } of this._shown.values()) {
      void this._ask(item);
    }
  }

  private async _ask(item: IExport): Promise<void> {
    try {
      this._show(await this._options.api.export(item.id));
    } catch (error) {
      // The server is another one, or the export was cancelled meanwhile. Where
      // the server does not answer it is asked again when it is back.
      if (error instanceof RequestError) {
        const { message, remedy } = error;
        this._show({ ...item, state: 'failed', message, remedy });
      }
    }
  }

  private _show(item: IExport): void {
    const notification = this._shown.get(item.id)?.notification;
    if (notification === undefined) {
      return;
    }
    const { announce, trans } = this._options;
    const name = nameOf(item);
    let end: Omit<Notification.IUpdate<JSONValue>, 'id'> & { message: string };
    switch (item.state) {
      case 'done':
        end = {
          message: this._result(item),
          type: item.raised ? 'warning' : 'success',
          autoClose: item.raised ? false : 10000
        };
        if (item.path !== null) {
          void announce(item.path);
        }
        break;
      case 'failed':
        end = {
          message: [
            trans.__('“%1” could not be exported.', name),
            item.message,
            item.remedy
          ]
            .filter(Boolean)
            .join('\n\n'),
          type: 'error'
        };
        break;
      case 'cancelled':
        end = {
          message: trans.__('The export of “%1” is cancelled.', name),
          type: 'info',
          autoClose: 5000
        };
        break;
      default:
        Notification.update({
          id: notification,
          message: this._progress(item)
        });
        return;
    }
    this._shown.delete(item.id);
    const { message, type = 'default', ...options } = end;
    const shown = { autoClose: false as const, ...options, actions: [] };
    // A click on its button has closed it, or the user has.
    if (!Notification.update({ id: notification, message, type, ...shown })) {
      Notification.emit(message, type, shown);
    }
  }

  private _progress(item: IExport): string {
    const { trans } = this._options;
    const name = nameOf(item);
    switch (item.state) {
      case 'waiting':
        return trans.__('“%1” waits until it is exported…', name);
      case 'writing':
        return trans.__('The export of “%1” is being written…', name);
      default:
        return trans.__('“%1” is being exported…', name);
    }
  }

  private _result(item: IExport): string {
    const { trans } = this._options;
    const done = trans.__('“%1” is exported: %2', nameOf(item), item.path);
    if (!item.raised) {
      return done;
    }
    const cells = item.errors.map(({ cell, name, message }) =>
      name === null
        ? trans.__('Cell %1: %2', cell, message)
        : trans.__('Cell %1 (%2): %3', cell, name, message)
    );
    const raised = trans.__(
      'Cells have raised errors, which the export shows.'
    );
    return [done, raised, ...cells].join('\n\n');
  }

  private readonly _shown = new Map<
    string,
    { readonly item: IExport; readonly notification: string }
  >();
}

export namespace ExportNotifications {
  export interface IOptions {
    readonly api: ReactiveAPI;
    readonly model: IReactiveModel;
    readonly trans: TranslationBundle;
    /** Say that a file exists. */
    readonly announce: (path: string) => Promise<void>;
  }
}

function nameOf(item: IExport): string {
  return PathExt.basename(item.source);
}
