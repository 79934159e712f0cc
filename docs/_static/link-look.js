// A look into the repository of a link, as jupyter_reactive/links/lesson.py takes it in a checkout.
(() => {
  'use strict';

  const { NoLink } = window.courseLinkAddresses;
  const { cellNames, checkNotebook } = window.courseLinkFiles;
  const { HOSTS, Unanswered } = window.courseLinkHosts;
  const SECONDS = 20;
  // Of what Binder builds an image from; each is a request.
  const MOST_FILES = 20;
  // GitHub's limit for the entries of a folder.
  const MOST_LISTED = 1000;
  const NAMES_US = /jupyter[-_]reactive/i;
  // Where the package is named as a rule, before scripts and whatever else a folder holds.
  const OFTEN = /(?:requirements\.txt|environment\.yml|pyproject\.toml)$/;

  /** The commit that a link opens, or why there is none. */
  async function commitOf(remote, { repository, ref }) {
    const commit = await remote.commit(ref);
    if (commit !== null) {
      return commit;
    }
    if (await remote.exists()) {
      throw new NoLink(
        `“${ref}” has not been pushed to “${repository.url}”.`,
        'Push it, or check the spelling.'
      );
    }
    throw new NoLink(
      `There is no repository at ${repository.url}, or you may not read it.`,
      'Check its address. If it asks for a password, make the link in a checkout: jupyter reactive link'
    );
  }

  async function notebookAt(remote, commit, path) {
    const content = await remote.file(commit, path);
    if (content === null) {
      throw new NoLink(
        `“${path}” is not in the repository.`,
        'Add it: git add, git commit, git push.'
      );
    }
    checkNotebook(path, content);
    return content;
  }

  /** The path of the same notebook in the other format, as it would stand beside it. */
  function otherFormat(path) {
    return path.replace(
      /\.[^./]+$/,
      path.endsWith('.ipynb') ? '.py' : '.ipynb'
    );
  }

  async function hasNotebook(remote, commit, path) {
    try {
      await notebookAt(remote, commit, path);
    } catch (error) {
      if (error instanceof NoLink) {
        return false;
      }
      throw error;
    }
    return true;
  }

  /** Whether what Binder builds an image from names this package; null for too much to look at. */
  async function namesUs(remote, commit, { folders, files }) {
    const top = (await remote.folder(commit, '')) ?? [];
    // With a folder of its own for the image, what lies beside the notebooks does not count.
    const own = top.filter(
      ({ path, isFolder }) => isFolder && folders.includes(path)
    );
    const waiting = own.length
      ? own
      : top.filter(({ path }) => files.includes(path));
    for (let asked = 0; waiting.length; asked++) {
      if (asked === MOST_FILES) {
        return null;
      }
      waiting.sort((a, b) => OFTEN.test(b.path) - OFTEN.test(a.path));
      const { path, isFolder } = waiting.shift();
      if (isFolder) {
        waiting.push(...((await remote.folder(commit, path)) ?? []));
      } else {
        const content = await remote.file(commit, path);
        if (
          content !== null &&
          NAMES_US.test(new TextDecoder().decode(content))
        ) {
          return true;
        }
      }
    }
    return top.length < MOST_LISTED ? false : null;
  }

  /** The host that would be asked about a repository; undefined for one that cannot be. */
  function askedAbout({ host }) {
    return HOSTS[host]?.api;
  }

  /**
   * Look whether others find a notebook.
   *
   * @param place - its `repository`, `ref` and `path`.
   * @param image - the `folders` that Binder builds an image from, and the `files` where there are
   *   none.
   * @param stop - an AbortController that ends the look.
   * @returns `commit`, `isCommit` (whether `ref` names it, and no branch or tag), `isTag`, `twin`
   *   (path of the other format; null for none), `cells` (their names) and `hasUs` (whether the image
   *   names this package; null for not known).
   * @throws NoLink for what is not there, Unanswered where the host does not say; both have a
   *   `message` and a `remedy`.
   */
  async function look({ repository, ref, path }, image, stop) {
    const remote = new HOSTS[repository.host](repository, stop.signal);
    let isLate = false;
    const limit = setTimeout(() => {
      isLate = true;
      stop.abort();
    }, SECONDS * 1000);
    try {
      const commit = await commitOf(remote, { repository, ref });
      const content = await notebookAt(remote, commit, path);
      const twin = otherFormat(path);
      const isCommit = /^[\da-f]{4,40}$/.test(ref) && commit.startsWith(ref);
      const [hasTwin, hasUs, isBranch] = await Promise.all([
        hasNotebook(remote, commit, twin),
        namesUs(remote, commit, image),
        isCommit || remote.isBranch(ref)
      ]);
      return {
        commit,
        isCommit,
        isTag: !isBranch,
        twin: hasTwin ? twin : null,
        cells: cellNames(path, content),
        hasUs
      };
    } catch (error) {
      if (isLate) {
        throw new Unanswered(
          `${askedAbout(repository)} did not answer within ${SECONDS} seconds.`
        );
      }
      throw error;
    } finally {
      clearTimeout(limit);
      stop.abort();
    }
  }

  window.courseLinkLook = { askedAbout, look };
})();
