import type { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import type { ExportFormat } from './payloads';

export interface IExportChoice {
  readonly to: ExportFormat;
  readonly include_code: boolean;
}

interface IFormat {
  readonly to: ExportFormat;
  readonly label: string;
  /** What becomes of it. */
  readonly hint: string;
  /** Whether the code may be left out. */
  readonly isCodeOptional: boolean;
}

let count = 0;

/** Asks in which format a notebook is to be exported. */
export class ExportChoice
  extends Widget
  implements Dialog.IBodyWidget<IExportChoice>
{
  constructor(trans: TranslationBundle) {
    super();
    this.addClass('jp-ReactiveExport');
    this._formats = formats(trans);
    for (const { to, label } of this._formats) {
      this._select.add(new Option(label, to));
    }
    this._select.className = 'jp-mod-styled';
    this._code.type = 'checkbox';
    this._code.checked = true;
    this._hint.id = `jp-ReactiveExport-hint-${count++}`;
    this._select.setAttribute('aria-describedby', this._hint.id);
    this._hint.setAttribute('aria-live', 'polite');
    const format = document.createElement('label');
    format.append(trans.__('Format'), this._select);
    const code = document.createElement('label');
    code.append(this._code, trans.__('Show the code'));
    this.node.append(format, this._hint, code);
    this._select.addEventListener('change', () => this._update());
    this._update();
  }

  getValue(): IExportChoice {
    return { to: this._format.to, include_code: this._code.checked };
  }

  private get _format(): IFormat {
    return this._formats[this._select.selectedIndex];
  }

  private _update(): void {
    const { hint, isCodeOptional } = this._format;
    this._hint.textContent = hint;
    this._code.disabled = !isCodeOptional;
  }

  private readonly _code = document.createElement('input');
  private readonly _formats: ReadonlyArray<IFormat>;
  private readonly _hint = document.createElement('p');
  private readonly _select = document.createElement('select');
}

function formats(trans: TranslationBundle): ReadonlyArray<IFormat> {
  const runs = trans.__('The notebook is run for its outputs.');
  return [
    {
      to: 'html',
      label: trans.__('Web page (.html)'),
      hint: `${runs} ${trans.__('Whoever reads it needs the internet: the page loads marimo’s program from there.')}`,
      isCodeOptional: true
    },
    {
      to: 'ipynb',
      label: trans.__('Jupyter notebook with outputs (.ipynb)'),
      hint: runs,
      isCodeOptional: false
    },
    {
      to: 'pdf',
      label: trans.__('PDF (.pdf)'),
      hint: runs,
      isCodeOptional: true
    },
    {
      to: 'markdown',
      label: trans.__('Markdown (.md)'),
      hint: trans.__('The code and the texts, without outputs.'),
      isCodeOptional: false
    },
    {
      to: 'script',
      label: trans.__('Script (.py)'),
      hint: trans.__('The code in the order in which it runs.'),
      isCodeOptional: false
    },
    {
      to: 'wasm',
      label: trans.__('App that runs in the browser (WASM, a folder)'),
      hint: trans.__(
        'For a web server. Whoever uses it needs the internet: the page loads Python from there.'
      ),
      isCodeOptional: false
    }
  ];
}
