// The rules of jupyter_reactive/links for a browser. A test gives both the same input, and what
// they say must be the same.
(() => {
  'use strict';

  const { NoLink, isPrivate, query, quote, repositoryOf, serverRoot, split } =
    window.courseLinkAddresses;
  const BINDER = 'https://mybinder.org/';
  const SUFFIXES = ['.py', '.md', '.qmd', '.ipynb'];
  const JUPYTER_ONLY = ['studiolab', 'colab'];
  const GITHUB_ONLY = [...JUPYTER_ONLY, 'molab'];

  /** The place of a notebook, quoted, below a Jupyter server's base URL. */
  function place(path, { what }) {
    if (what === 'app') {
      return `reactive/run/${quote(path)}/`;
    }
    return `${path.endsWith('.ipynb') ? 'lab/tree' : 'reactive/open'}/${quote(path)}`;
  }

  /** What follows the place, from the `?` on. */
  function options({ cell, withCode }) {
    if (withCode) {
      return '?show-code=true';
    }
    return cell ? `?${query({ 'reactive-cell': cell })}` : '';
  }

  function route(path, view) {
    return place(path, view) + options(view);
  }

  const BUILD = {
    binder({ repository, ref, path, server, ...view }) {
      const { host, namespace, name, url } = repository;
      let spec = `git/${quote(url, '')}`;
      if (host === 'github.com') {
        spec = `gh/${quote(namespace)}/${quote(name)}`;
      } else if (host === 'gitlab.com') {
        spec = `gl/${quote(`${namespace}/${name}`, '')}`;
      }
      return `${server}v2/${spec}/${quote(ref)}?${query({ urlpath: route(path, view) })}`;
    },
    nbgitpuller({ repository, ref, path, server, ...view }) {
      const target = repository.url.endsWith('.git')
        ? { targetPath: repository.name }
        : {};
      const urlpath = route(`${repository.name}/${path}`, view);
      // nbgitpuller knows the repository's own first branch, and none of that name.
      const branch = ref === 'HEAD' ? {} : { branch: ref };
      const words = { repo: repository.url, ...branch, ...target, urlpath };
      return `${server}hub/user-redirect/git-pull?${query(words)}`;
    },
    hub: ({ path, server, ...view }) =>
      `${server}hub/user-redirect/${quote(place(path, view))}${options(view)}`,
    studiolab: wanted =>
      `https://studiolab.sagemaker.aws/import/github/${onGitHub(wanted)}`,
    colab: wanted =>
      `https://colab.research.google.com/github/${onGitHub(wanted)}`,
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

  /** Refuse a cell that the link could not lead to, and code that could not be shown. */
  function checkView({ platform, what, path, cell, withCode, cells }, name) {
    if (!cell && !withCode) {
      return;
    }
    if (withCode && what !== 'app') {
      throw new NoLink(
        'A notebook shows its code in any case.',
        'Ask for the app.'
      );
    }
    if (GITHUB_ONLY.includes(platform)) {
      if (!cell) {
        throw new NoLink(
          `${name} shows no app with its code.`,
          'Choose Binder, nbgitpuller or a Hub for that.'
        );
      }
      throw new NoLink(
        `${name} opens a notebook at its beginning.`,
        'Leave the cell out, or choose Binder, nbgitpuller or a Hub.'
      );
    }
    if (cell && what === 'app') {
      throw new NoLink(
        'An app is shown from its beginning: it has no cells to link to.',
        'Link to the notebook, or leave the cell out.'
      );
    }
    if (cell && !path.endsWith('.py')) {
      throw new NoLink(
        `“${path}” has no names of cells.`,
        'Link to a reactive notebook (.py).'
      );
    }
    if (cell && cells && !cells.includes(cell)) {
      throw new NoLink(
        `There is no cell “${cell}” in what the link opens.`,
        cells.length
          ? `These have names: ${cells.join(', ')}.`
          : 'Give the cell a name in the notebook; commit and push it.'
      );
    }
  }

  function aboutCode({ withCode }) {
    return withCode
      ? [
          'The code is shown where the server lets it: c.AppServerLauncher.include_code = True in its configuration.'
        ]
      : [];
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
      warnings.push(
        'molab opens the notebook; its app is behind “Run as app” in the share menu.'
      );
    }
    if (platform !== 'studiolab') {
      warnings.push(
        `${name} takes the notebook alone, without the repository's other files.`
      );
    }
    return warnings;
  }

  function checkBinder({ repository, server, hasUs }) {
    if (server === BINDER && isPrivate(repository.host)) {
      throw new NoLink(
        `mybinder.org cannot reach ${repository.host}, which is known in its own network only.`,
        'Push the repository to a public place, or give the address of your own BinderHub.'
      );
    }
    return [...aboutHost(repository, 'BinderHub'), ...aboutImage(hasUs)];
  }

  function aboutImage(hasUs) {
    if (hasUs === false) {
      return [
        'Nothing that Binder builds the image from names jupyter-reactive, without which the link ends nowhere. Add it: jupyter reactive setup binder'
      ];
    }
    return hasUs === null
      ? [
          'Binder builds the image from more files than this page looks at: one of them has to name jupyter-reactive.'
        ]
      : [];
  }

  function checkNbgitpuller({ repository, ref, server, isTag }) {
    if (/^[\da-f]{40}$/.test(ref)) {
      throw new NoLink(
        `nbgitpuller follows branches, not the commit ${ref.slice(0, 10)}.`,
        'Take a branch that has been pushed.'
      );
    }
    if (isTag) {
      throw new NoLink(
        `nbgitpuller follows branches: the tag “${ref}” would open once alone.`,
        `Make a branch of it and push that: git branch NAME ${ref}`
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
    return isPrivate(host)
      ? [`${host} can be reached from its own network only.`]
      : [];
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
   *   `ref`, `server`, `hasTwin` (whether the other format is beside the notebook), `cell` (the
   *   name of the one that it begins with) and `withCode` (whether an app shows its code); after a
   *   look into the repository `cells` (the names of all) and `hasUs` (whether what Binder
   *   builds the image from names this package; null where that could not be seen).
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
      checkView(wanted, name);
      half(wanted, name);
      full.server = hub(wanted.server);
      warnings = [
        `Whoever follows the link needs a notebook of their own at “${wanted.path}”.`,
        ...aboutServer(full.server)
      ];
    } else {
      full.repository = repositoryOf(wanted.repository);
      full.path = half(wanted, name);
      checkView(full, name);
      warnings = full.repository.hadSecret
        ? ['The address holds a user name or password. The link leaves it out.']
        : [];
      if (full.path !== wanted.path) {
        warnings.push(
          `The link opens “${full.path}”, the other format of the notebook.`
        );
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
    return {
      url: BUILD[platform](full),
      path: full.path,
      warnings: [...warnings, ...aboutCode(full)]
    };
  }

  window.courseLinks = { offer, NoLink, isPrivate };
})();
