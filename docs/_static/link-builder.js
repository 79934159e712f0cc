// The form of the link builder. What is typed stays in the page, until somebody presses the button
// that looks into the repository; nothing is kept.
(() => {
  'use strict';

  const { NoLink, repositoryOf } = window.courseLinkAddresses;
  const { Unanswered } = window.courseLinkHosts;
  const { askedAbout, look } = window.courseLinkLook;
  const form = document.querySelector('.link-builder');
  const tables = JSON.parse(document.getElementById('link-tables').textContent);
  const field = name => document.getElementById(`link-${name}`);
  const result = field('result');
  const notes = field('notes');
  const attempt = field('try');
  const copy = field('copy');
  const looking = field('look');
  // Of the last look: at which `place`, and what came of it: `facts`, `error`, or `stop` while it runs.
  let looked = { place: '' };

  function wanted() {
    return {
      platform: field('platform').value,
      what: field('what').value === 'notebook' ? 'notebook' : 'app',
      server: field('server').value.trim(),
      repository: field('repository').value,
      ref: field('ref').value.trim(),
      path: field('path').value.trim().replace(/^\/+/, ''),
      hasTwin: field('twin').checked,
      cell:
        field('what').value === 'notebook' ? field('cell').value.trim() : '',
      withCode: field('what').value === 'code'
    };
  }

  /** What has to be typed before there is anything to say. */
  function missing({ platform, path, ref, repository }) {
    const inRepository = platform !== 'hub';
    if (inRepository && !repository.trim()) {
      return 'Name the repository, as the browser shows it: https://github.com/ada/course';
    }
    if (inRepository && !ref) {
      return 'Name the branch that students are to get: main, for example.';
    }
    return path
      ? ''
      : 'Name the notebook, with the folders that it is in: week-1/lesson.py';
  }

  function escaped(text) {
    const signs = {
      '&': '&amp;',
      '<': '&lt;',
      '>': '&gt;',
      '"': '&quot;',
      "'": '&#x27;'
    };
    return text.replace(/[&<>"']/g, sign => signs[sign]);
  }

  /** A link in one of the forms. */
  function shown(url, platform, name) {
    const text = name === 'html' ? escaped(url) : url;
    return tables.platforms[platform].forms[name].replaceAll(
      '{url}',
      () => text
    );
  }

  function saidNow() {
    return [...notes.children].map(p => [p.dataset.kind, p.textContent]);
  }

  /** Show sentences, each with its kind: `good`, `hint`, `warning` or `obstacle`. */
  function say(...sentences) {
    if (JSON.stringify(saidNow()) === JSON.stringify(sentences)) {
      // Readers of the screen would say it again.
      return;
    }
    notes.replaceChildren(
      ...sentences.map(([kind, text]) => {
        const paragraph = document.createElement('p');
        paragraph.dataset.kind = kind;
        paragraph.textContent = text;
        return paragraph;
      })
    );
  }

  /** Where a look would be taken, as `repository`, `ref` and `path`; null before all is typed. */
  function placeOf(link) {
    if (link.platform === 'hub' || missing(link)) {
      return null;
    }
    try {
      const { ref, path } = link;
      return { repository: repositoryOf(link.repository), ref, path };
    } catch (error) {
      if (error instanceof NoLink) {
        return null;
      }
      throw error;
    }
  }

  /** Forget a look at another place than the one that is typed now, and what it filled in. */
  function forgetOthers(place) {
    if (looked.place !== JSON.stringify(place)) {
      looked.stop?.abort();
      field('twin').checked &&= !looked.facts;
      looked = { place: '' };
    }
  }

  /** As Python's shlex.quote. */
  function forShell(text) {
    return /^[\w@%+=:,./-]+$/.test(text)
      ? text
      : `'${text.replaceAll("'", `'"'"'`)}'`;
  }

  /** The button that looks, and what it would do. */
  function updateLook(place, { path }) {
    const host = place && askedAbout(place.repository);
    looking.disabled = !host;
    // One that is disabled would lose the focus.
    looking.setAttribute('aria-disabled', String(Boolean(looked.stop)));
    field('asked').textContent =
      place && !host
        ? `A web page cannot ask ${place.repository.host}. In a checkout of the repository: jupyter reactive link ${forShell(path)}`
        : `Your browser asks ${host || 'github.com, gitlab.com or codeberg.org'} for the branch and these files, without an account. Before you press, nothing is sent.`;
  }

  /** What a look has told, in sentences. */
  function found({ repository, ref, path }, platform) {
    const { facts, error, stop } = looked;
    if (stop) {
      return [['hint', `Asking ${askedAbout(repository)}…`]];
    }
    if (error instanceof Unanswered) {
      return [
        [
          'warning',
          `${repository.url} could not be asked: whether students find the notebook there is not certain. ${error.message} ${error.remedy}`
        ]
      ];
    }
    if (!facts) {
      return [];
    }
    const twin = facts.twin
      ? `“${facts.twin}” is beside it.`
      : 'It is there in this format alone.';
    const image =
      platform === 'binder' && facts.hasUs
        ? ' Binder installs jupyter-reactive.'
        : '';
    return [['good', `“${path}” is there, in “${ref}”. ${twin}${image}`]];
  }

  /** The link, if there is one, and what its author has to know first. */
  function made(link) {
    try {
      if (looked.error instanceof NoLink) {
        throw looked.error;
      }
      const { cells, hasUs, isTag } = looked.facts ?? {};
      const { url, warnings } = window.courseLinks.offer(
        { ...link, cells, hasUs, isTag },
        tables.platforms[link.platform].name
      );
      return { url, sentences: warnings.map(text => ['warning', text]) };
    } catch (error) {
      if (!(error instanceof NoLink)) {
        throw error;
      }
      const sentence = `${error.message} ${error.remedy}`;
      return { url: '', sentences: [['obstacle', sentence]] };
    }
  }

  function update() {
    const place = placeOf(wanted());
    forgetOthers(place);
    const link = wanted();
    const { platform, what } = link;
    for (const part of form.querySelectorAll('[data-for]')) {
      part.hidden = !part.dataset.for.split(' ').includes(platform);
    }
    for (const part of form.querySelectorAll('[data-what]')) {
      part.hidden ||= part.dataset.what !== what;
    }
    field('server').labels[0].textContent =
      platform === 'binder'
        ? 'Address of a BinderHub, if it is not mybinder.org'
        : 'Address of the Hub';
    updateLook(place, link);
    let url = '';
    const first = missing(link);
    if (first) {
      say(['hint', first]);
    } else {
      const offered = made(link);
      url = offered.url;
      say(...(place ? found(place, platform) : []), ...offered.sentences);
    }
    result.value = url && shown(url, platform, field('form').value);
    copy.disabled = !url;
    attempt.hidden = !url;
    attempt.href = url || '#';
  }

  /** Look into the repository, and take over what was found. */
  async function lookNow() {
    if (looked.stop) {
      return;
    }
    const place = placeOf(wanted());
    const stop = new AbortController();
    const mine = (looked = { place: JSON.stringify(place), stop });
    update();
    try {
      const facts = await look(place, tables.image, stop);
      if (mine === looked) {
        field('twin').checked = facts.twin !== null;
        if (facts.isCommit) {
          // Platforms take a commit by its whole name alone.
          field('ref').value = place.ref = facts.commit;
        }
        looked = { place: JSON.stringify(place), facts };
      }
    } catch (error) {
      if (mine === looked) {
        looked = { place: JSON.stringify(place), error };
        if (!(error instanceof NoLink || error instanceof Unanswered)) {
          throw error;
        }
      }
    } finally {
      update();
    }
  }

  form.addEventListener('input', update);
  looking.addEventListener('click', lookNow);
  form.addEventListener('submit', async event => {
    event.preventDefault();
    update();
    result.select();
    let done = 'The link is copied.';
    try {
      await navigator.clipboard.writeText(result.value);
    } catch {
      done =
        'The browser does not let this page copy. The link is selected: press Ctrl+C or ⌘C.';
    }
    say(...saidNow(), ['good', done]);
  });

  window.courseLinks.shown = shown;
  update();
})();
