/* Starts marimo's modules when they can come out of the pack, or at once where there is none. */
(() => {
  'use strict';
  const { mark, worker, place, label } = document.currentScript.dataset;
  // A worker that takes longer is no help.
  const patience = 4000;

  const start = () => {
    for (const link of document.querySelectorAll(`link[rel="${mark}"]`)) {
      link.rel = 'modulepreload';
    }
    for (const script of document.querySelectorAll(`script[type="${mark}"]`)) {
      const module = document.createElement('script');
      module.type = 'module';
      module.crossOrigin = script.crossOrigin;
      module.src = script.src;
      script.replaceWith(module);
    }
  };

  /* On a slow line the page is empty for some seconds; marimo's first picture takes this away. */
  const note = () => {
    const words = document.createElement('p');
    words.setAttribute('role', 'status');
    words.textContent = label;
    Object.assign(words.style, {
      margin: '20vh auto',
      textAlign: 'center',
      font: '16px system-ui, sans-serif'
    });
    document.getElementById(place)?.append(words);
  };

  const parsed = new Promise(resolve => {
    document.addEventListener('DOMContentLoaded', resolve, { once: true });
  }).then(note);

  const controlled = async () => {
    const { serviceWorker: workers } = navigator;
    if (!workers || workers.controller) {
      return;
    }
    const claimed = new Promise(resolve => {
      workers.addEventListener('controllerchange', resolve, { once: true });
      window.setTimeout(resolve, patience);
    });
    const known = await workers.getRegistration();
    const { href } = new URL(worker, document.baseURI);
    // Who reloads past all caches wants it past the worker too.
    if (known?.active?.scriptURL === href) {
      return;
    }
    await workers.register(worker);
    await claimed;
  };

  // Without a service worker the files come one by one.
  Promise.all([parsed, controlled().catch(() => undefined)]).then(start);
})();
