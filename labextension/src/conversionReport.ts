import type { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import type {
  ICellReport,
  IConversion,
  IConversionNote,
  Verdict
} from './payloads';

/** The groups of cells, what is to be read first in front. */
const GROUPS: ReadonlyArray<Verdict> = ['needs you', 'changed', 'kept'];

let count = 0;

/** What would become of a notebook, cell by cell, and the name that it would get. */
export class ConversionReport
  extends Widget
  implements Dialog.IBodyWidget<string>
{
  constructor(private readonly _options: ConversionReport.IOptions) {
    super();
    this.addClass('jp-ReactiveReport');
    const { conversion, problem, trans } = _options;
    const { cells, notes } = conversion.report;
    const summary = element('p', 'summary', this._summary(cells));
    summary.id = `jp-ReactiveReport-summary-${count++}`;
    const list = element('div', 'list');
    list.tabIndex = 0;
    list.setAttribute('role', 'region');
    list.setAttribute('aria-label', trans.__('What becomes of each cell'));
    if (notes.length > 0) {
      list.append(
        element('h3', 'title', trans.__('The whole notebook')),
        this._notes(notes)
      );
    }
    for (const verdict of GROUPS) {
      const group = cells.filter(cell => cell.verdict === verdict);
      if (group.length > 0) {
        list.append(this._group(verdict, group));
      }
    }
    this.node.append(summary, this._nameField(summary.id), list);
    if (problem !== null) {
      const alert = element('p', 'problem', problem);
      alert.setAttribute('role', 'alert');
      list.before(alert);
    }
  }

  /** The name that the user wants. */
  getValue(): string {
    return this._input.value;
  }

  private _nameField(description: string): HTMLElement {
    const { name, trans } = this._options;
    const label = element(
      'label',
      'name',
      trans.__('Name of the new notebook')
    );
    this._input.type = 'text';
    this._input.value = name;
    this._input.spellcheck = false;
    this._input.setAttribute('aria-describedby', description);
    label.append(this._input);
    return label;
  }

  private _summary(cells: ReadonlyArray<ICellReport>): string {
    const { trans } = this._options;
    const needing = cells.filter(cell => cell.verdict === 'needs you').length;
    const whole = trans._n('One cell', '%1 cells', cells.length);
    const rest =
      needing === 0
        ? trans.__('none of them needs you')
        : trans._n('one needs you', '%1 need you', needing);
    return trans.__('%1: %2. Nothing is written yet.', whole, rest);
  }

  private _group(
    verdict: Verdict,
    cells: ReadonlyArray<ICellReport>
  ): HTMLElement {
    const group = element('details', 'group');
    group.dataset.verdict = verdict;
    group.open = verdict !== 'kept';
    const list = element('ul', 'cells');
    for (const cell of cells) {
      const item = element('li', 'cell');
      item.append(
        element(
          'span',
          'number',
          this._options.trans.__('Cell %1', cell.number)
        ),
        element(
          'code',
          'excerpt',
          this._options.excerpts[cell.number - 1] ?? ''
        )
      );
      if (cell.notes.length > 0) {
        item.append(this._notes(cell.notes));
      }
      list.append(item);
    }
    group.append(
      element('summary', 'title', this._heading(verdict, cells)),
      list
    );
    return group;
  }

  private _heading(
    verdict: Verdict,
    { length }: ReadonlyArray<ICellReport>
  ): string {
    const { trans } = this._options;
    switch (verdict) {
      case 'needs you':
        return trans._n('One cell needs you', '%1 cells need you', length);
      case 'changed':
        return trans._n('One cell is changed', '%1 cells are changed', length);
      case 'kept':
        return trans._n(
          'One cell is kept as it is',
          '%1 cells are kept as they are',
          length
        );
    }
  }

  private _notes(notes: ReadonlyArray<IConversionNote>): HTMLElement {
    const { trans } = this._options;
    const list = element('ul', 'notes');
    for (const note of notes) {
      const item = element('li', 'note');
      item.dataset.verdict = note.verdict;
      const message =
        note.line === null
          ? note.message
          : trans.__('Line %1: %2', note.line, note.message);
      item.append(element('p', 'message', message));
      if (note.suggestion) {
        item.append(element('p', 'suggestion', note.suggestion));
      }
      list.append(item);
    }
    return list;
  }

  private readonly _input = element('input', 'input');
}

export namespace ConversionReport {
  export interface IOptions {
    readonly conversion: IConversion;

    /** The first line of each cell of the old notebook, as far as they are known. */
    readonly excerpts: ReadonlyArray<string>;

    /** The name that is proposed. */
    readonly name: string;

    /** Why it did not work with that name, or null. */
    readonly problem: string | null;

    readonly trans: TranslationBundle;
  }
}

function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  part: string,
  text = ''
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  node.className = `jp-ReactiveReport-${part}`;
  node.textContent = text;
  return node;
}
