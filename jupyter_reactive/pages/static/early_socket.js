/* Opens the notebook's session before marimo's own program is here, so that its kernel starts
   meanwhile. marimo's program then gets this very websocket, with all that has come by it. */
(() => {
  'use strict';
  const { session, file, route, id, run, ready, header, token, value, mark } =
    document.currentScript.dataset;
  const place = new URL(window.location.href);
  if (
    place.searchParams.get(file) === null ||
    place.searchParams.has(session)
  ) {
    return;
  }
  // marimo's program takes the id from the address, and then takes it away there.
  place.searchParams.set(session, id);
  window.history.replaceState(window.history.state, '', place);

  const url = new URL(route, document.baseURI);
  url.protocol = url.protocol.replace('http', 'ws');
  for (const [name, value] of place.searchParams) {
    url.searchParams.set(name, value);
  }
  const { pathname } = url;
  let socket = new WebSocket(url);
  let waiting = [];

  /* Has the notebook run, as marimo's program will ask for; when it does, nothing runs again. */
  const begin = ({ data }) => {
    if (run && typeof data === 'string' && data.startsWith(ready)) {
      const { kiosk, resumed } = JSON.parse(data).data;
      if (!kiosk && !resumed) {
        fetch(new URL(run, document.baseURI), {
          method: 'POST',
          headers: {
            'Content-Type': 'application/json',
            [header]: id,
            [token]: value,
            [mark]: '1'
          },
          body: JSON.stringify({ objectIds: [], values: [], autoRun: true })
        }).catch(() => {});
      }
    }
  };

  for (const kind of ['open', 'message', 'error', 'close']) {
    // The first listeners are the first to hear.
    socket.addEventListener(kind, event => {
      if (waiting) {
        event.stopImmediatePropagation();
        waiting.push(event);
        if (kind === 'message') {
          begin(event);
        }
      }
    });
  }

  const take = () => {
    const early = socket;
    socket = null;
    const heard = waiting.some(event => event.type === 'message');
    if (!heard && early.readyState > WebSocket.OPEN) {
      return null;
    }
    // When marimo's program has put up its ears.
    queueMicrotask(() => {
      const events = waiting;
      waiting = null;
      // Anew: an event that was stopped once stays so.
      events.forEach(event =>
        early.dispatchEvent(new event.constructor(event.type, event))
      );
    });
    return early;
  };

  window.WebSocket = new Proxy(window.WebSocket, {
    construct(target, [address, ...rest]) {
      const asked = new URL(address, document.baseURI);
      const isOurs =
        asked.pathname === pathname && asked.searchParams.get(session) === id;
      return (socket && isOurs && take()) || new target(address, ...rest);
    }
  });
})();
