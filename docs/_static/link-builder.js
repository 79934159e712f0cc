// The form of the link builder. What is typed stays in the page: nothing is sent, nothing is kept.
(() => {
  'use strict';

  const form = document.getElementById('link-builder');
  const tables = JSON.parse(document.getElementById('link-tables').textContent);
  const field = name => document.getElementById(`link-${name}`);
  const result = field('result');
  const notes = field('notes');
  const attempt = field('try');
  const copy = form.querySelector('button');

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
    return tables[platform].forms[name].replaceAll('{url}', () => text);
  }

  function say(...sentences) {
    const texts = sentences.filter(Boolean);
    if (
      texts.join('\n') ===
      [...notes.children].map(p => p.textContent).join('\n')
    ) {
      return;
    }
    notes.replaceChildren(
      ...texts.map(text =>
        Object.assign(document.createElement('p'), { textContent: text })
      )
    );
  }

  function update() {
    const { platform, what } = wanted();
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
    let url = '';
    const first = missing(wanted());
    if (first) {
      say(first);
    } else {
      try {
        const made = window.courseLinks.offer(wanted(), tables[platform].name);
        url = made.url;
        say(...made.warnings);
      } catch (error) {
        if (!(error instanceof window.courseLinks.NoLink)) {
          throw error;
        }
        say(`${error.message} ${error.remedy}`);
      }
    }
    result.value = url && shown(url, platform, field('form').value);
    copy.disabled = !url;
    attempt.hidden = !url;
    attempt.href = url || '#';
  }

  form.addEventListener('input', update);
  form.addEventListener('submit', async event => {
    event.preventDefault();
    result.select();
    try {
      await navigator.clipboard.writeText(result.value);
      say('The link is copied.');
    } catch {
      say(
        'The browser does not let this page copy. The link is selected: press Ctrl+C or ⌘C.'
      );
    }
  });

  window.courseLinks.shown = shown;
  update();
})();
