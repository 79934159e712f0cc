import type { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { explain } from './notify';
import type { ICourseLink, LinkForm, LinkPlatform } from './payloads';

/** Which servers the links are to lead to; empty for none, or the usual one. */
export interface ILinkServers {
  readonly hub: string;
  readonly binder: string;
}

interface IPlatform {
  readonly platform: LinkPlatform;
  readonly label: string;
  /** The server that has to be named, or may be. */
  readonly server: keyof ILinkServers | null;
}

let count = 0;

/** Asks where a link is to lead and in which form, and shows it. */
export class CourseLinkChoice
  extends Widget
  implements Dialog.IBodyWidget<string>
{
  /**
   * @param hub - the address of the Hub that this JupyterLab runs on, or ''.
   * @param ask - gives the links that lead to these servers.
   */
  constructor(
    hub: string,
    ask: (servers: ILinkServers) => Promise<ReadonlyArray<ICourseLink>>,
    trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-ReactiveLink');
    this._trans = trans;
    this._ask = ask;
    this._servers = { hub, binder: '' };
    this._platforms = platforms(trans);
    for (const { platform, label } of this._platforms) {
      this._platform.add(new Option(label, platform));
    }
    this._what.add(new Option(trans.__('Notebook'), 'notebook'));
    this._what.add(new Option(trans.__('App, without code'), 'app'));
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
    this.node.append(
      platform,
      this._serverLabel,
      labelled(trans.__('Opens as'), this._what),
      labelled(trans.__('Form'), this._form),
      // Before the link: what is to be known is read first.
      this._notes,
      link
    );
    this._platform.addEventListener('change', () => this._chooseServer());
    this._what.addEventListener('change', () => this._show());
    this._form.addEventListener('change', () => this._show());
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
      const links = await this._ask(this._servers);
      if (number === this._asked) {
        this._links = links;
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
    this._server.value = server === null ? '' : this._servers[server];
    this._show();
  }

  private _takeServer(): void {
    const { server } = this._chosen;
    if (server !== null) {
      const address = this._server.value.trim();
      this._servers = { ...this._servers, [server]: address };
      void this._look();
    }
  }

  private _show(): void {
    if (this._links === null) {
      this._tell('', [
        this._trans.__('The notebook is looked up in its repository…')
      ]);
      return;
    }
    const link = this._links.find(
      ({ platform, what }) =>
        platform === this._platform.value && what === this._what.value
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
  private _links: ReadonlyArray<ICourseLink> | null = null;
  private _servers: ILinkServers;
  private readonly _ask: (
    servers: ILinkServers
  ) => Promise<ReadonlyArray<ICourseLink>>;
  private readonly _form = document.createElement('select');
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
