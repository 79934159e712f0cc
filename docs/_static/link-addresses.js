// Addresses that a link may hold, as jupyter_reactive/links/addresses.py knows them.
(() => {
  'use strict';

  // What would end a link in a page or a text.
  const NO_HOST = /[\x00-\x20"'<>()`\\^{}|]/;
  const SCHEMES = [
    'http',
    'https',
    'ssh',
    'git',
    'git+ssh',
    'git+https',
    'file'
  ];
  const PRIVATE_ENDINGS = [
    'localhost',
    'local',
    'internal',
    'intranet',
    'lan',
    'home',
    'home.arpa'
  ];
  // https://www.iana.org/assignments/iana-ipv4-special-registry/, and the same for IPv6.
  const PRIVATE_NETWORKS = [
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['240.0.0.0', 4],
    ['::', 127],
    ['::ffff:0:0', 96],
    ['100::', 64],
    ['2001:db8::', 32],
    ['fc00::', 7],
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
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(
        new Uint8Array(bytes)
      );
    });
  }

  /** As Python's urllib.parse.urlencode. */
  function query(options) {
    return Object.entries(options)
      .map(
        ([name, value]) => `${name}=${quote(value, '').replaceAll('%20', '+')}`
      )
      .join('&');
  }

  /** The parts of an address, as Python's urllib.parse.urlsplit names them; null for none. */
  function split(address) {
    const found =
      /^(?:([a-z][a-z\d+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/is.exec(
        address
      );
    const netloc = found[2] ?? '';
    const at = netloc.lastIndexOf('@');
    const place = netloc.slice(at + 1);
    const host = /^(?:\[([^[\]]*)\]|([^:[\]]*))(?::(.*))?$/.exec(place);
    if (
      !host ||
      (host[1] !== undefined && !bits(host[1])) ||
      (host[3] && !/^\d{1,5}$/.test(host[3]))
    ) {
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
      // A drive of Windows has one letter.
      if (!scp || [...scp[1]].length === 1) {
        throw notForOthers();
      }
      if (/[?#]/.test(scp[2])) {
        throw withQuery();
      }
      if (/^[./]/.test(remote)) {
        throw notForOthers();
      }
      parts = split(`ssh://${scp[1]}/${quote(scp[2].replace(/^\/+/, ''))}`);
    }
    if (!parts || !SCHEMES.includes(parts.scheme) || parts.port > 65535) {
      throw notForOthers();
    }
    if (parts.query || parts.fragment) {
      throw withQuery();
    }
    const path = quote(unquote(parts.path)).replace(/\/+$/, '');
    const names = unquote(path)
      .replace(/^\/+|\/+$/g, '')
      .split('/');
    const name = names.at(-1).replace(/\.git$/, '');
    const namespace = names.slice(0, -1).join('/');
    if (parts.scheme === 'file' || !parts.hostname || !name) {
      throw notForOthers();
    }
    // On GitHub an account stands before the repository.
    if (parts.hostname === 'github.com' && !namespace) {
      throw notForOthers();
    }
    const isWeb = ['http', 'https'].includes(parts.scheme);
    const bare = parts.hostname.includes(':')
      ? `[${parts.hostname}]`
      : parts.hostname;
    const host = parts.port === null || !isWeb ? bare : `${bare}:${parts.port}`;
    return {
      url: `${parts.scheme === 'http' ? 'http' : 'https'}://${host}${path}`,
      host,
      namespace,
      name,
      hadSecret: parts.password !== null || (isWeb && parts.user !== null)
    };
  }

  function withQuery() {
    return new NoLink(
      "The remote's address goes on after a “?” or “#”, where tokens stand.",
      'Take that out: whoever follows the link logs in for themselves.'
    );
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
    if (
      !parts ||
      !['http', 'https'].includes(parts.scheme) ||
      !parts.hostname ||
      NO_HOST.test(parts.netloc)
    ) {
      const shown = address.split('?')[0].replace(/\/\/[^/@]*@/g, '//');
      throw new NoLink(
        `“${shown}” is no address of a web server.`,
        'Write it as https://hub.example.org/.'
      );
    }
    const holdsToken = parts.query.split('&').some(option => {
      const [name, ...value] = option.split('=');
      return (
        value.join('=') &&
        unquote(name.replaceAll('+', ' ')).toLowerCase().includes('token')
      );
    });
    if (parts.user !== null || holdsToken) {
      throw new NoLink(
        'The address of the server holds a token or a password.',
        'Give it without: whoever follows the link logs in for themselves.'
      );
    }
    const path = quote(unquote(parts.path))
      .split(/\/(?:hub|user|v2)(?:\/|$)/)[0]
      .replace(/\/+$/, '');
    return `${parts.scheme}://${parts.netloc}${path}/`;
  }

  /** The bits of an IP address, four or sixteen bytes of them; null for what is none. */
  function bits(address) {
    const four = /^\d+(?:\.\d+){3}$/.test(address) ? address.split('.') : null;
    if (four) {
      const good = four.every(
        part => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256
      );
      return good
        ? four.map(part => Number(part).toString(2).padStart(8, '0')).join('')
        : null;
    }
    let plain;
    try {
      // Browsers write the short forms out, those that end like an IPv4 address too.
      plain = address.includes(':')
        ? new URL(`http://[${address}]`).hostname.slice(1, -1)
        : '';
    } catch {
      return null;
    }
    if (!plain) {
      return null;
    }
    const [left, right] = plain
      .split('::')
      .map(part => part.split(':').filter(Boolean));
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
      return (
        !name.includes('.') ||
        PRIVATE_ENDINGS.some(end => name.endsWith(`.${end}`))
      );
    }
    return PRIVATE_NETWORKS.some(([network, length]) => {
      const start = bits(network);
      return (
        start.length === address.length &&
        address.startsWith(start.slice(0, length))
      );
    });
  }

  window.courseLinkAddresses = {
    NoLink,
    isPrivate,
    query,
    quote,
    repositoryOf,
    serverRoot,
    split
  };
})();
