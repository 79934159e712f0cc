/* The steps of our own pages. In a JupyterLab tab the surrounding Lab is asked to act. */
(() => {
  'use strict';
  const { api, open, path, xsrf, waiting, pack, again } = document.body.dataset;
  const framed = window.parent !== window;

  const show = text => {
    const problem = document.querySelector('.problem');
    problem.textContent = text;
    problem.hidden = !text;
  };

  const request = async (route, body) => {
    const reply = await window.fetch(`${api}/${route}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-XSRFToken': xsrf },
      body: JSON.stringify(body ?? {})
    });
    const answer = await reply.json();
    if (!reply.ok) {
      throw Object.assign(
        new Error(`${answer.message} ${answer.remedy ?? ''}`),
        {
          status: reply.status
        }
      );
    }
    return answer;
  };

  // The reply comes when the server runs or has failed; either way the page has news.
  const start = async ahead => {
    for (let attempt = 0; ; attempt++) {
      try {
        await request('servers/edit/start');
        await ahead;
        break;
      } catch (error) {
        // A gateway may cut a long wait; only Jupyter's own answer is final.
        if (error.status || attempt >= 10) {
          break;
        }
        await new Promise(resolve => window.setTimeout(resolve, 1000));
      }
    }
    window.location.reload();
  };

  // What the notebook's page will ask for comes meanwhile; the browser keeps it. A pack has to come
  // to its end: one that is cut off is not kept.
  const fetchAhead = async () => {
    const isPacked = Boolean(navigator.serviceWorker && pack);
    const keep = async url => {
      const file = await window.fetch(url, { priority: 'low' });
      await file.arrayBuffer();
    };
    // The largest part, before the list of the others is there.
    const first = isPacked ? keep(pack) : undefined;
    const form = isPacked ? 'packed' : 'files';
    const reply = await window.fetch(`${api}/assets?form=${form}`, {
      headers: { 'X-XSRFToken': xsrf }
    });
    const wanted = (await reply.json()).files.filter(url => url !== pack);
    const worker = async () => {
      while (wanted.length) {
        await keep(wanted.shift());
      }
    };
    const whole = Promise.all([
      first,
      worker(),
      worker(),
      worker(),
      worker()
    ]).catch(() => undefined);
    await (isPacked ? whole : undefined);
  };

  const steps = {
    retry: start,
    create: async () => {
      const cut = path.lastIndexOf('/');
      const made = await request('notebooks', {
        folder: cut < 0 ? '' : path.slice(0, cut),
        name: path.slice(cut + 1)
      });
      const parts = made.path.split('/').map(encodeURIComponent);
      window.location.assign(
        `${open}/${parts.join('/')}${window.location.search}`
      );
    }
  };

  for (const link of document.querySelectorAll('[data-action]')) {
    const { action } = link.dataset;
    link.addEventListener('click', event => {
      if (action in steps) {
        event.preventDefault();
        show('');
        steps[action]().catch(error => show(error.message));
      } else if (framed && action !== 'visit') {
        event.preventDefault();
        window.parent.postMessage(
          { source: 'jupyter-reactive', action, path },
          window.location.origin
        );
      }
    });
    link.addEventListener('keydown', event => {
      if (event.key === ' ') {
        event.preventDefault();
        link.click();
      }
    });
  }

  if (waiting !== undefined && Number(again)) {
    void fetchAhead().catch(() => undefined);
    window.setTimeout(() => window.location.reload(), Number(again) * 1000);
  } else if (waiting !== undefined) {
    // Whatever does not come now comes with the notebook.
    void start(fetchAhead().catch(() => undefined));
  }
})();
