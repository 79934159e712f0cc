import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import type { ICellChange, IRelease } from './payloads';

/** What has changed in a notebook since it was released, cell by cell. */
export class ReleaseReport extends Widget {
  constructor(
    release: IRelease,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-ReactiveChanges');
    const { date, ref } = release;
    const head = document.createElement('p');
    head.textContent = this._trans.__(
      'Beside the version of %1 (%2). %3',
      new Date(date).toLocaleDateString(),
      ref,
      this._summary(release)
    );
    const list = document.createElement('div');
    list.classList.add('jp-ReactiveChanges-list');
    list.tabIndex = 0;
    list.setAttribute('role', 'region');
    list.setAttribute('aria-label', this._trans.__('What has changed'));
    list.append(...release.changes.map(change => this._cell(change)));
    this.node.append(head, list);
  }

  private _summary({ changes, same }: IRelease): string {
    if (same) {
      return this._trans.__('Nothing has changed.');
    }
    return changes.length === 0
      ? this._trans.__(
          'The code of the cells is the same; only outputs or settings differ.'
        )
      : this._trans._n('One cell differs.', '%1 cells differ.', changes.length);
  }

  private _cell(change: ICellChange): HTMLElement {
    const section = document.createElement('section');
    const title = document.createElement('h3');
    title.textContent = this._title(change);
    section.append(title);
    if (change.lines.length > 0) {
      const code = document.createElement('pre');
      for (const line of change.lines) {
        const row = document.createElement('span');
        row.dataset.kind = KINDS.get(line[0]) ?? 'same';
        row.textContent = `${line}\n`;
        code.append(row);
      }
      section.append(code);
    }
    return section;
  }

  private _title({ cell, kind, name, released_cell }: ICellChange): string {
    const trans = this._trans;
    const label = name ? ` (${name})` : '';
    switch (kind) {
      case 'added':
        return trans.__('Cell %1%2 is new', cell, label);
      case 'removed':
        return trans.__(
          'Cell %1%2 of the release is gone',
          released_cell,
          label
        );
      case 'moved':
        return trans.__(
          'Cell %1%2 was cell %3 in the release',
          cell,
          label,
          released_cell
        );
      case 'changed':
        return trans.__('Cell %1%2 is changed', cell, label);
    }
  }
}

/** What the first character of a line says of it. */
const KINDS: ReadonlyMap<string | undefined, string> = new Map([
  ['+', 'added'],
  ['-', 'removed']
]);
