/* Lets a page that is loaded again go on with its session, unless the app has changed since. */
(() => {
  'use strict';
  const { session, version, id } = document.currentScript.dataset;
  const place = new URL(window.location.href);
  const key = `reactive-app:${place.pathname}`;
  const [navigation] = performance.getEntriesByType('navigation');
  let own = { id, version };
  try {
    const known = JSON.parse(window.sessionStorage.getItem(key) ?? 'null');
    if (navigation?.type === 'reload' && known?.version === version) {
      own = known;
    }
    window.sessionStorage.setItem(key, JSON.stringify(own));
  } catch {
    // Where a browser keeps nothing each page has a session of its own.
  }
  // marimo's program takes the id from the address, and then takes it away there.
  place.searchParams.set(session, own.id);
  window.history.replaceState(window.history.state, '', place);
})();
