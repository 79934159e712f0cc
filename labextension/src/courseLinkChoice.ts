import type { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { JSONExt } from '@lumino/coreutils';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { explain } from './notify';
import type { ICourseLinks, LinkForm, LinkPlatform } from './payloads';

/** What has to be asked for: where the links are to lead. */
export interface ILinkWishes {
  /** The address of a Hub; empty for none. */
  readonly hub: string;
  /** The address of a BinderHub; empty for the usual one. */
  readonly binder: string;
  /** The name of the cell that a notebook begins at; empty for its beginning. */
  readonly cell: string;
}

interface IPlatform {
  readonly platform: LinkPlatform;
  readonly label: string;
  /** The server that has to be named, or may be. */
  readonly server: 'hub' | 'binder' | null;
}

let count = 0;

/** Asks where a link is to lead and in which form, and shows it. */
export class CourseLinkChoice
  extends Widget
  implements Dialog.IBodyWidget<string>
{
  /**
   * @param hub - the address of the Hub that this JupyterLab runs on, or ''.
   * @param ask - gives the links that lead there.
   */
  constructor(
    hub: string,
    ask: (wishes: ILinkWishes) => Promise<ICourseLinks>,
    trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-ReactiveLink');
    this._trans = trans;
    this._ask = ask;
    this._wishes = { hub, binder: '', cell: '' };
    this._platforms = platforms(trans);
    for (const { platform, label } of this._platforms) {
      this._platform.add(new Option(label, platform));
    }
    this._what.add(new Option(trans.__('Notebook'), 'notebook'));
    this._what.add(new Option(trans.__('App, without code'), 'app'));
    this._what.add(new Option(trans.__('App with its code'), 'code'));
    for (const [form, label] of forms(trans)) {
      this._form.add(new Option(label, form));
    }
    this._server.type = 'url';
    this._link.readOnly = true;
    this._link.rows = 3;
    this._link.spellcheck = false;
    this._notes.id = `jp-ReactiveLink-notes-${count++}`;
    this._notes.classList.add('jp-ReactiveLink-notes');
    this._notes.setAttribute('role', 'status');
    this._link.setAttribute('aria-describedby', this._notes.id);
    for (const field of [
      this._platform,
      this._what,
      this._cell,
      this._server,
      this._form
    ]) {
      field.classList.add('jp-mod-styled');
    }
    this._serverLabel.append(this._serverName, this._server);
    const platform = labelled(trans.__('Leads to'), this._platform);
    const link = labelled(trans.__('Link'), this._link);
    for (const row of [platform, this._serverLabel, this._notes, link]) {
      row.classList.add('jp-ReactiveLink-wide');
    }
    this._cellLabel = labelled(trans.__('Begins at'), this._cell);
    this._formLabel = labelled(trans.__('Form'), this._form);
    this._offerCells([]);
    this.node.append(
      platform,
      this._serverLabel,
      labelled(trans.__('Opens as'), this._what),
      this._cellLabel,
      this._formLabel,
      // Before the link: what is to be known is read first.
      this._notes,
      link
    );
    this._platform.addEventListener('change', () => this._chooseServer());
    this._what.addEventListener('change', () => this._show());
    this._form.addEventListener('change', () => this._show());
    this._cell.addEventListener('change', () =>
      this._wish({ cell: this._cell.value })
    );
    this._server.addEventListener('change', () => this._takeServer());
    this._chooseServer();
  }

  /** The link in its form; empty where there is none. */
  getValue(): string {
    return this._link.value;
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    void this._look();
  }

  private get _chosen(): IPlatform {
    return this._platforms[this._platform.selectedIndex];
  }

  /** Ask for the links; of several questions the last one counts. */
  private async _look(): Promise<void> {
    const number = ++this._asked;
    this._links = null;
    this._show();
    try {
      const { links, cells } = await this._ask(this._wishes);
      if (number === this._asked) {
        this._links = links;
        this._offerCells(cells);
        this._show();
      }
    } catch (error) {
      if (number === this._asked) {
        this._tell('', explain(error, this._trans));
      }
    }
  }

  private _chooseServer(): void {
    const { server } = this._chosen;
    this._serverLabel.hidden = server === null;
    this._serverName.textContent =
      server === 'binder'
        ? this._trans.__('Address of a BinderHub, if it is not mybinder.org')
        : this._trans.__('Address of the Hub');
    this._server.value = server === null ? '' : this._wishes[server];
    this._show();
  }

  private _takeServer(): void {
    const { server } = this._chosen;
    if (server !== null) {
      this._wish({ [server]: this._server.value.trim() });
    }
  }

  private _wish(wish: Partial<ILinkWishes>): void {
    this._wishes = { ...this._wishes, ...wish };
    void this._look();
  }

  /** Let the user choose among the cells that have a name, if there are any. */
  private _offerCells(cells: ReadonlyArray<string>): void {
    const { cell } = this._wishes;
    // What was chosen stays, with what is said of it, where the file has lost it meanwhile.
    const names = cell && !cells.includes(cell) ? [cell, ...cells] : cells;
    const offered = [...this._cell.options].map(option => option.value);
    // A list that is open, and as it should be, is left alone.
    if (!JSONExt.deepEqual(offered, ['', ...names])) {
      this._cell.replaceChildren(
        new Option(this._trans.__('Beginning of the notebook'), ''),
        ...names.map(name => new Option(name, name))
      );
      this._cell.value = cell;
    }
    this._cellLabel.hidden = names.length === 0;
    this._formLabel.classList.toggle('jp-ReactiveLink-wide', names.length > 0);
  }

  private _show(): void {
    if (this._links === null) {
      this._tell('', [
        this._trans.__('The notebook is looked up in its repository…')
      ]);
      return;
    }
    const code = this._what.value === 'code';
    const kind = code ? 'app' : this._what.value;
    const link = this._links.find(
      known =>
        known.platform === this._platform.value &&
        known.what === kind &&
        known.code === code
    );
    const form = this._form.value as LinkForm;
    const notes = [link?.message, link?.remedy, ...(link?.warnings ?? [])];
    this._tell(
      link?.forms?.[form] ?? '',
      notes.filter((note): note is string => Boolean(note))
    );
  }

  private _tell(link: string, notes: ReadonlyArray<string>): void {
    this._link.value = link;
    this._notes.dataset.kind = link ? 'warning' : 'none';
    this._notes.replaceChildren(
      ...notes.map(note => {
        const line = document.createElement('p');
        line.textContent = note;
        return line;
      })
    );
    const copy = this.node
      .closest('.jp-Dialog')
      ?.querySelector<HTMLButtonElement>('.jp-mod-accept');
    if (copy) {
      copy.disabled = !link;
    }
  }

  private _asked = 0;
  private _links: ICourseLinks['links'] | null = null;
  private _wishes: ILinkWishes;
  private readonly _ask: (wishes: ILinkWishes) => Promise<ICourseLinks>;
  private readonly _cell = document.createElement('select');
  private readonly _cellLabel: HTMLLabelElement;
  private readonly _form = document.createElement('select');
  private readonly _formLabel: HTMLLabelElement;
  private readonly _link = document.createElement('textarea');
  private readonly _notes = document.createElement('div');
  private readonly _platform = document.createElement('select');
  private readonly _platforms: ReadonlyArray<IPlatform>;
  private readonly _server = document.createElement('input');
  private readonly _serverLabel = document.createElement('label');
  private readonly _serverName = document.createElement('span');
  private readonly _trans: TranslationBundle;
  private readonly _what = document.createElement('select');
}

function labelled(text: string, field: HTMLElement): HTMLLabelElement {
  const label = document.createElement('label');
  const name = document.createElement('span');
  name.textContent = text;
  label.append(name, field);
  return label;
}

function platforms(trans: TranslationBundle): ReadonlyArray<IPlatform> {
  return [
    { platform: 'binder', label: trans.__('Binder'), server: 'binder' },
    {
      platform: 'nbgitpuller',
      label: trans.__('Hub, with the repository pulled (nbgitpuller)'),
      server: 'hub'
    },
    {
      platform: 'hub',
      label: trans.__('Hub, where everybody has this file'),
      server: 'hub'
    },
    {
      platform: 'studiolab',
      label: trans.__('SageMaker Studio Lab (the .ipynb)'),
      server: null
    },
    { platform: 'colab', label: trans.__('Colab (the .ipynb)'), server: null },
    { platform: 'molab', label: trans.__('molab'), server: null }
  ];
}

function forms(
  trans: TranslationBundle
): ReadonlyArray<readonly [LinkForm, string]> {
  return [
    ['url', trans.__('Address')],
    ['markdown', trans.__('Badge in Markdown')],
    ['html', trans.__('Badge in HTML')],
    ['rst', trans.__('Badge in reStructuredText')]
  ];
}
