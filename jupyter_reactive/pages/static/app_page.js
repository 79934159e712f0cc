/* Lets a page that is loaded again go on with its session, unless the app has changed since.
   marimo's program gives itself a new id each time; we say which one it had before. */
(() => {
  'use strict';
  const { session, resumes, version, path } = document.currentScript.dataset;
  const key = `reactive-app:${path}`;
  let earlier;
  const remember = id => {
    try {
      window.sessionStorage.setItem(key, JSON.stringify({ id, version }));
    } catch {
      // Where a browser keeps nothing each page has a session of its own.
    }
  };
  try {
    const [navigation] = performance.getEntriesByType('navigation');
    const known = JSON.parse(window.sessionStorage.getItem(key) ?? 'null');
    if (navigation?.type === 'reload' && known?.version === version) {
      earlier = known.id;
    }
  } catch {
    earlier = undefined;
  }

  const told = address => {
    const url = new URL(address, document.baseURI);
    const id = url.searchParams.get(session);
    if (!id || !url.pathname.startsWith(path)) {
      return address;
    }
    if (earlier) {
      url.searchParams.set(resumes, earlier);
    } else {
      remember(id);
    }
    return url.href;
  };
  window.WebSocket = new Proxy(window.WebSocket, {
    construct: (target, [address, ...rest]) =>
      new target(told(address), ...rest)
  });
  // By which it hears events.
  const { fetch } = window;
  window.fetch = (resource, options) =>
    fetch(
      typeof resource === 'string' || resource instanceof URL
        ? told(resource)
        : resource,
      options
    );
})();
