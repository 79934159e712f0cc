// What a page may ask of the public hosts of git, by their documented REST APIs: as a stranger, with
// nothing but the names of the repository, the branch and the files.
(() => {
  'use strict';

  const { query, quote } = window.courseLinkAddresses;
  const GITLAB_PAGE = 100;
  // A commit never changes, so what it holds is asked once.
  const kept = new Map();

  /** The host did not say whether the repository is there: `message` says why, `remedy` what next. */
  class Unanswered extends Error {
    constructor(message, remedy = 'Look again later.') {
      super(message);
      this.remedy = remedy;
    }
  }

  /**
   * A request without cookies, account and referrer.
   *
   * @param address - of a host's API.
   * @param accept - the media type, where it is not JSON.
   * @param signal - ends the request.
   * @returns the bytes of the answer; null where there is nothing that a stranger may read.
   * @throws Unanswered.
   */
  async function ask(address, accept, signal) {
    const { host, href } = new URL(address);
    if (href !== address) {
      // `.` and `..` in a path: browsers would ask for something else.
      return null;
    }
    let response;
    let bytes;
    try {
      response = await fetch(address, {
        signal,
        headers: accept ? { Accept: accept } : {},
        credentials: 'omit',
        referrerPolicy: 'no-referrer'
      });
      bytes = new Uint8Array(await response.arrayBuffer());
    } catch (error) {
      if (signal.aborted) {
        throw error;
      }
      throw new Unanswered(
        `Your browser could not reach ${host}.`,
        'Look again when you are online.'
      );
    }
    if (response.ok) {
      return bytes;
    }
    if ([401, 404, 409, 422].includes(response.status)) {
      // GitHub says 422 for an unknown commit, and 409 for a repository without any.
      return null;
    }
    throw refusal(host, response, new TextDecoder().decode(bytes));
  }

  /** https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api, and others'. */
  function refusal(host, { headers, status }, text) {
    const isLimit =
      status === 429 ||
      headers.get('x-ratelimit-remaining') === '0' ||
      headers.has('retry-after') ||
      /rate limit/i.test(text);
    if (!isLimit) {
      return new Unanswered(`${host} answered with the status ${status}.`);
    }
    const reset = Number(headers.get('x-ratelimit-reset'));
    const again = reset
      ? ` before ${new Date(reset * 1000).toLocaleTimeString([], { timeStyle: 'short' })}`
      : ' for now';
    return new Unanswered(
      `${host} answers no more questions from your network${again}: it limits how many it takes.`,
      'Look again then.'
    );
  }

  function json(bytes) {
    try {
      return JSON.parse(new TextDecoder().decode(bytes));
    } catch {
      throw somebodyElse();
    }
  }

  function list(bytes) {
    const found = json(bytes);
    if (!Array.isArray(found)) {
      throw somebodyElse();
    }
    return found;
  }

  /** The name of a commit, as a host gave it. */
  function commitName(text) {
    if (!/^[\da-f]{40,64}$/.test(text)) {
      throw somebodyElse();
    }
    return text;
  }

  function somebodyElse() {
    return new Unanswered(
      'What came back is not from the host: some networks ask for a login first.'
    );
  }

  /**
   * A repository at a host. `exists` says whether strangers may read it; `commit` gives the one
   * that a branch, a tag or a commit's beginning means, `isBranch` whether it is the first, `file` the bytes of a path, `folder` its
   * entries as `{ path, isFolder }`, and each null for what is not there.
   */
  class Remote {
    /**
     * @param root - of all that is asked.
     * @param signal - ends each request.
     */
    constructor(root, signal) {
      this.root = root;
      this._ask = (address, accept) => ask(address, accept, signal);
    }

    async exists() {
      return (await this._ask(this.root)) !== null;
    }

    async isBranch(ref) {
      return (await this._ask(this._branch(ref))) !== null;
    }

    async _kept(address, accept) {
      if (!kept.has(address)) {
        kept.set(address, await this._ask(address, accept));
      }
      return kept.get(address);
    }
  }

  /** https://docs.github.com/en/rest/commits/commits and …/rest/repos/contents */
  class GitHub extends Remote {
    static api = 'api.github.com';
    static repositories = 'https://api.github.com/repos/';

    constructor({ namespace, name }, signal) {
      const { repositories } = new.target;
      super(
        `${repositories}${quote(namespace, '')}/${quote(name, '')}`,
        signal
      );
    }

    async commit(ref) {
      const found = await this._ask(
        `${this.root}/commits/${quote(ref)}`,
        'application/vnd.github.sha'
      );
      return found && commitName(new TextDecoder().decode(found).trim());
    }

    file(commit, path) {
      return this._kept(
        this._contents(commit, path),
        'application/vnd.github.raw+json'
      );
    }

    async folder(commit, path) {
      const found = await this._kept(this._contents(commit, path));
      return (
        found &&
        list(found).map(entry => ({
          path: entry.path,
          isFolder: entry.type === 'dir'
        }))
      );
    }

    /** https://docs.github.com/en/rest/git/refs#get-a-reference */
    _branch(ref) {
      return `${this.root}/git/ref/heads/${quote(ref)}`;
    }

    _contents(commit, path) {
      const place = path && `/${quote(path)}`;
      return `${this.root}/contents${place}?${query({ ref: commit })}`;
    }
  }

  /** Forgejo, whose folders are GitHub's: https://codeberg.org/api/swagger */
  class Codeberg extends GitHub {
    static api = 'codeberg.org';
    static repositories = 'https://codeberg.org/api/v1/repos/';

    async commit(ref) {
      const few = {
        limit: '1',
        stat: 'false',
        verification: 'false',
        files: 'false'
      };
      const found = await this._ask(
        `${this.root}/commits?${query({ sha: ref, ...few })}`
      );
      return found && commitName(list(found)[0]?.sha);
    }

    file(commit, path) {
      return this._kept(
        `${this.root}/raw/${quote(path)}?${query({ ref: commit })}`
      );
    }

    _branch(ref) {
      return `${this.root}/branches/${quote(ref)}`;
    }
  }

  /** https://docs.gitlab.com/api/commits/, …/api/branches/, …/api/repository_files/ and …/api/repositories/ */
  class GitLab extends Remote {
    static api = 'gitlab.com';

    constructor({ namespace, name }, signal) {
      super(
        `https://gitlab.com/api/v4/projects/${quote(`${namespace}/${name}`, '')}`,
        signal
      );
    }

    async commit(ref) {
      const found = await this._ask(
        `${this.root}/repository/commits/${quote(ref, '')}`
      );
      return found && commitName(json(found)?.id);
    }

    _branch(ref) {
      return `${this.root}/repository/branches/${quote(ref, '')}`;
    }

    file(commit, path) {
      return this._kept(
        `${this.root}/repository/files/${quote(path, '')}/raw?${query({ ref: commit })}`
      );
    }

    async folder(commit, path) {
      const entries = [];
      for (let page = 1; entries.length === GITLAB_PAGE * (page - 1); page++) {
        const where = {
          ref: commit,
          path,
          per_page: `${GITLAB_PAGE}`,
          page: `${page}`
        };
        const found = await this._kept(
          `${this.root}/repository/tree?${query(where)}`
        );
        if (found === null) {
          return null;
        }
        entries.push(...list(found));
      }
      return entries.map(entry => ({
        path: entry.path,
        isFolder: entry.type === 'tree'
      }));
    }
  }

  const HOSTS = {
    'github.com': GitHub,
    'gitlab.com': GitLab,
    'codeberg.org': Codeberg
  };

  window.courseLinkHosts = { HOSTS, Unanswered };
})();
