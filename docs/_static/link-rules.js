// The rules of jupyter_reactive/links for a browser. A test gives both the same input, and what
// they say must be the same.
(() => {
  'use strict';

  const BINDER = 'https://mybinder.org/';
  const SCHEMES = ['http', 'https', 'ssh', 'git', 'git+ssh', 'git+https', 'file'];
  const SUFFIXES = ['.py', '.md', '.qmd', '.ipynb'];
  const JUPYTER_ONLY = ['studiolab', 'colab'];
  const GITHUB_ONLY = [...JUPYTER_ONLY, 'molab'];
  const PRIVATE_ENDINGS = [
    'localhost', 'local', 'internal', 'intranet', 'lan', 'home', 'home.arpa'
  ];
  // https://www.iana.org/assignments/iana-ipv4-special-registry/, and the same for IPv6.
  const PRIVATE_NETWORKS = [
    ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16],
    ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.168.0.0', 16],
    ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24], ['240.0.0.0', 4],
    ['::', 127], ['::ffff:0:0', 96], ['100::', 64], ['2001:db8::', 32], ['fc00::', 7],
    ['fe80::', 10]
  ];

  /** Why there is no link: what is in the way, and what to do about it. */
  class NoLink extends Error {
    constructor(message, remedy) {
      super(message);
      this.remedy = remedy;
    }
  }

  /** As Python's urllib.parse.quote. */
  function quote(text, safe = '/') {
    const quoted = encodeURIComponent(text).replace(
      /[!'()*]/g,
      sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`
    );
    return safe ? quoted.replaceAll(encodeURIComponent(safe), safe) : quoted;
  }

  /** As Python's urllib.parse.unquote. */
  function unquote(text) {
    return text.replace(/(?:%[\da-f]{2})+/gi, run => {
      const bytes = run.match(/[^%]{2}/g).map(byte => parseInt(byte, 16));
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new Uint8Array(bytes));
    });
  }

  /** As Python's urllib.parse.urlencode. */
  function query(options) {
    return Object.entries(options)
      .map(([name, value]) => `${name}=${quote(value, '').replaceAll('%20', '+')}`)
      .join('&');
  }

  /** The parts of an address, as Python's urllib.parse.urlsplit names them; null for none. */
  function split(address) {
    const found = /^(?:([a-z][a-z\d+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/is.exec(
      address
    );
    const netloc = found[2] ?? '';
    const at = netloc.lastIndexOf('@');
    const place = netloc.slice(at + 1);
    const host = /^(?:\[([^[\]]*)\]|([^:[\]]*))(?::(.*))?$/.exec(place);
    if (!host || (host[1] !== undefined && !bits(host[1])) || (host[3] && !/^\d{1,5}$/.test(host[3]))) {
      return null;
    }
    return {
      scheme: (found[1] ?? '').toLowerCase(),
      netloc,
      user: at < 0 ? null : netloc.slice(0, at).split(':')[0],
      password: at < 0 || !netloc.slice(0, at).includes(':') ? null : '',
      hostname: (host[1] ?? host[2]).toLowerCase(),
      port: host[3] ? Number(host[3]) : null,
      path: found[3],
      query: found[4] ?? '',
      fragment: found[5] ?? ''
    };
  }

  /** The repository of an address, as whoever follows a link would clone it. */
  function repositoryOf(address) {
    const remote = address.trim();
    let parts;
    if (remote.includes('://')) {
      parts = split(remote);
    } else {
      const scp = /^(?:[^@/]+@)?([^:/@]+):([^:].*)$/s.exec(remote);
      if (!scp || /^[./]/.test(remote)) {
        throw notForOthers();
      }
      parts = split(`ssh://${scp[1]}/${quote(scp[2].replace(/^\/+/, ''))}`);
    }
    if (!parts || !SCHEMES.includes(parts.scheme) || parts.port > 65535) {
      throw notForOthers();
    }
    if (parts.query || parts.fragment) {
      throw new NoLink(
        'The remote\'s address goes on after a “?” or “#”, where tokens stand.',
        'Take that out: whoever follows the link logs in for themselves.'
      );
    }
    const path = quote(unquote(parts.path)).replace(/\/+$/, '');
    const names = unquote(path).replace(/^\/+|\/+$/g, '').split('/');
    const name = names.at(-1).replace(/\.git$/, '');
    if (parts.scheme === 'file' || !parts.hostname || !name) {
      throw notForOthers();
    }
    const isWeb = ['http', 'https'].includes(parts.scheme);
    const host = parts.port === null || !isWeb ? parts.hostname : `${parts.hostname}:${parts.port}`;
    return {
      url: `${parts.scheme === 'http' ? 'http' : 'https'}://${host}${path}`,
      host,
      namespace: names.slice(0, -1).join('/'),
      name,
      hadSecret: parts.password !== null || (isWeb && parts.user !== null)
    };
  }

  function notForOthers() {
    return new NoLink(
      "The remote's address is none that others could clone from.",
      'Write it as https://github.com/ada/course.'
    );
  }

  /** The address of a Hub or a BinderHub, from any address of it. */
  function serverRoot(address) {
    const parts = split(address.trim());
    if (!parts || !['http', 'https'].includes(parts.scheme) || !parts.hostname) {
      const shown = address.split('?')[0].replace(/\/\/[^/@]*@/g, '//');
      throw new NoLink(
        `“${shown}” is no address of a web server.`,
        'Write it as https://hub.example.org/.'
      );
    }
    const holdsToken = parts.query.split('&').some(option => {
      const [name, ...value] = option.split('=');
      return value.join('=') && unquote(name.replaceAll('+', ' ')).toLowerCase().includes('token');
    });
    if (parts.user !== null || holdsToken) {
      throw new NoLink(
        'The address of the server holds a token or a password.',
        'Give it without: whoever follows the link logs in for themselves.'
      );
    }
    const path = parts.path.split(/\/(?:hub|user|v2)(?:\/|$)/)[0].replace(/\/+$/, '');
    return `${parts.scheme}://${parts.netloc}${path}/`;
  }

  /** The bits of an IP address, four or sixteen bytes of them; null for what is none. */
  function bits(address) {
    const four = /^\d+(?:\.\d+){3}$/.test(address) ? address.split('.') : null;
    if (four) {
      const good = four.every(part => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
      return good ? four.map(part => Number(part).toString(2).padStart(8, '0')).join('') : null;
    }
    let plain;
    try {
      // Browsers write the short forms out, those that end like an IPv4 address too.
      plain = address.includes(':') ? new URL(`http://[${address}]`).hostname.slice(1, -1) : '';
    } catch {
      return null;
    }
    if (!plain) {
      return null;
    }
    const [left, right] = plain.split('::').map(part => part.split(':').filter(Boolean));
    const zeros = Array(8 - left.length - (right ?? []).length).fill('0');
    return [...left, ...zeros, ...(right ?? [])]
      .map(part => parseInt(part, 16).toString(2).padStart(16, '0'))
      .join('');
  }

  /** Whether a host can be reached from its own network only, as far as its name tells. */
  function isPrivate(host) {
    const name = (split(`//${host}`)?.hostname ?? '').replace(/\.+$/, '');
    const address = bits(name);
    if (address === null) {
      return !name.includes('.') || PRIVATE_ENDINGS.some(end => name.endsWith(`.${end}`));
    }
    return PRIVATE_NETWORKS.some(([network, length]) => {
      const start = bits(network);
      return start.length === address.length && address.startsWith(start.slice(0, length));
    });
  }

  /** The route that opens a notebook, quoted, below a Jupyter server's base URL. */
  function route(path, what) {
    if (what === 'app') {
      return `reactive/run/${quote(path)}/`;
    }
    return `${path.endsWith('.ipynb') ? 'lab/tree' : 'reactive/open'}/${quote(path)}`;
  }

  const BUILD = {
    binder({ repository, ref, path, what, server }) {
      const { host, namespace, name, url } = repository;
      let spec = `git/${quote(url, '')}`;
      if (host === 'github.com') {
        spec = `gh/${quote(namespace)}/${quote(name)}`;
      } else if (host === 'gitlab.com') {
        spec = `gl/${quote(`${namespace}/${name}`, '')}`;
      }
      return `${server}v2/${spec}/${quote(ref)}?${query({ urlpath: route(path, what) })}`;
    },
    nbgitpuller({ repository, ref, path, what, server }) {
      const target = repository.url.endsWith('.git') ? { targetPath: repository.name } : {};
      const urlpath = route(`${repository.name}/${path}`, what);
      const options = { repo: repository.url, branch: ref, ...target, urlpath };
      return `${server}hub/user-redirect/git-pull?${query(options)}`;
    },
    hub: ({ path, what, server }) => `${server}hub/user-redirect/${quote(route(path, what))}`,
    studiolab: wanted => `https://studiolab.sagemaker.aws/import/github/${onGitHub(wanted)}`,
    colab: wanted => `https://colab.research.google.com/github/${onGitHub(wanted)}`,
    molab: wanted => `https://molab.marimo.io/github/${onGitHub(wanted)}`
  };

  function onGitHub({ repository, ref, path }) {
    const { namespace, name } = repository;
    return `${quote(namespace)}/${quote(name)}/blob/${quote(ref)}/${quote(path)}`;
  }

  /** The path of the format that the platform opens. */
  function half({ platform, what, path, hasTwin }, name) {
    const remedy = `Make it, commit and push it: jupyter reactive convert ${path}`;
    const isJupyters = path.endsWith('.ipynb');
    if (JUPYTER_ONLY.includes(platform)) {
      if (!isJupyters && !hasTwin) {
        throw new NoLink(
          `${name} opens notebooks of Jupyter alone; there is none beside “${path}”.`,
          remedy
        );
      }
      return isJupyters ? path : withSuffix(path, '.ipynb');
    }
    if (isJupyters && (platform === 'molab' || what === 'app')) {
      if (!hasTwin || platform === 'hub') {
        throw new NoLink(
          `“${path}” is a notebook of Jupyter, and there is no reactive one beside it.`,
          remedy
        );
      }
      return withSuffix(path, '.py');
    }
    return path;
  }

  function withSuffix(path, suffix) {
    return path.replace(/\.[^./]+$/, suffix);
  }

  function checkGitHub({ platform, what, ref, repository }, name) {
    if (repository.host !== 'github.com') {
      throw new NoLink(
        `${name} opens notebooks from github.com alone.`,
        'Push the repository there too, or choose Binder or nbgitpuller.'
      );
    }
    if (ref.includes('/')) {
      throw new NoLink(
        `${name} cannot tell the branch “${ref}” from a folder.`,
        'Take a tag, a commit or a branch without a slash.'
      );
    }
    if (what === 'app' && JUPYTER_ONLY.includes(platform)) {
      throw new NoLink(
        `${name} shows no apps.`,
        'Choose Binder, nbgitpuller or a Hub for the app.'
      );
    }
    const warnings = [];
    if (what === 'app') {
      warnings.push('molab opens the notebook; its app is behind “Run as app” in the share menu.');
    }
    if (platform !== 'studiolab') {
      warnings.push(`${name} takes the notebook alone, without the repository's other files.`);
    }
    return warnings;
  }

  function checkBinder({ repository, server }) {
    if (server === BINDER && isPrivate(repository.host)) {
      throw new NoLink(
        `mybinder.org cannot reach ${repository.host}, which is known in its own network only.`,
        'Push the repository to a public place, or give the address of your own BinderHub.'
      );
    }
    return aboutHost(repository, 'BinderHub');
  }

  function checkNbgitpuller({ repository, ref, server }) {
    if (/^[\da-f]{40}$/.test(ref)) {
      throw new NoLink(
        `nbgitpuller follows branches and tags, not the commit ${ref.slice(0, 10)}.`,
        'Take a branch that has been pushed.'
      );
    }
    return [...aboutHost(repository, 'JupyterHub'), ...aboutServer(server)];
  }

  function aboutHost({ host }, name) {
    return isPrivate(host)
      ? [`${host} is known in its own network only; the ${name} must be in it.`]
      : [];
  }

  function aboutServer(server) {
    const host = split(server).netloc;
    return isPrivate(host) ? [`${host} can be reached from its own network only.`] : [];
  }

  function hub(server) {
    if (!server) {
      throw new NoLink(
        'A link to a Hub needs its address.',
        'Give it as the browser shows it, for example https://hub.example.org/.'
      );
    }
    return serverRoot(server);
  }

  /**
   * The link to a notebook.
   *
   * @param wanted - `platform`, `what`, `path`, and where they count `repository` (its address),
   *   `ref`, `server` and `hasTwin` (whether the other format is beside the notebook).
   * @param name - of the platform.
   * @returns its `url`, the `path` that it opens, and `warnings`.
   * @throws NoLink, with a `message` and a `remedy`.
   */
  function offer(wanted, name) {
    if (!SUFFIXES.some(suffix => wanted.path.endsWith(suffix))) {
      throw new NoLink(
        `“${wanted.path}” is no notebook.`,
        'Link to a reactive notebook (.py) or one of Jupyter (.ipynb).'
      );
    }
    const { platform } = wanted;
    const full = { ...wanted };
    let warnings;
    if (platform === 'hub') {
      half(wanted, name);
      full.server = hub(wanted.server);
      warnings = [
        `Whoever follows the link needs a notebook of their own at “${wanted.path}”.`,
        ...aboutServer(full.server)
      ];
    } else {
      full.repository = repositoryOf(wanted.repository);
      full.path = half(wanted, name);
      warnings = full.repository.hadSecret
        ? ['The address holds a user name or password. The link leaves it out.']
        : [];
      if (full.path !== wanted.path) {
        warnings.push(`The link opens “${full.path}”, the other format of the notebook.`);
      }
      if (GITHUB_ONLY.includes(platform)) {
        warnings.push(...checkGitHub(full, name));
      } else if (platform === 'binder') {
        full.server = serverRoot(wanted.server || BINDER);
        warnings.push(...checkBinder(full));
      } else {
        full.server = hub(wanted.server);
        warnings.push(...checkNbgitpuller(full));
      }
    }
    return { url: BUILD[platform](full), path: full.path, warnings };
  }

  window.courseLinks = { offer, NoLink, isPrivate };
})();
