/* Sends what a user moves through the notebook's open websocket. A request of its own costs each
   step of a slider some milliseconds, and Jupyter's process most of its work for it. What does
   not get through goes as marimo's program wanted it. */
(() => {
  'use strict';
  const { route, session, header, token, mark, largest } =
    document.currentScript.dataset;
  const routes = document.currentScript.dataset.routes.split(' ');
  const pathOf = place => new URL(place, document.baseURI).pathname;
  const places = new Map(routes.map(name => [pathOf(name.slice(1)), name]));
  const socketPath = pathOf(route);
  // A request gives its body away only once, and late.
  const bodies = new WeakMap();
  const waiting = new Map();
  let line = null;
  let id = '';
  let count = 0;

  const answer = event => {
    if (typeof event.data !== 'string' || !event.data.startsWith(mark)) {
      return;
    }
    event.stopImmediatePropagation();
    const { number, text } = JSON.parse(event.data).reactive;
    waiting.get(number)?.(text);
    waiting.delete(number);
  };
  const leave = () => {
    waiting.forEach(settle => settle(null));
    waiting.clear();
  };

  window.WebSocket = new Proxy(window.WebSocket, {
    construct(target, [url, ...rest]) {
      const socket = new target(url, ...rest);
      const address = new URL(socket.url);
      if (address.pathname === socketPath) {
        line = socket;
        id = address.searchParams.get(session);
        socket.addEventListener('message', answer);
        socket.addEventListener('close', leave);
      }
      return socket;
    }
  });

  window.Request = new Proxy(window.Request, {
    construct(target, [input, init], newTarget) {
      const request = Reflect.construct(target, [input, init], newTarget);
      if (typeof init?.body === 'string' && places.has(pathOf(request.url))) {
        bodies.set(request, init.body);
      }
      return request;
    }
  });

  const goesByLine = request =>
    line?.readyState === WebSocket.OPEN &&
    request.headers.get(header) === id &&
    bodies.get(request).length <= Number(largest);

  window.fetch = new Proxy(window.fetch, {
    async apply(target, self, [request, ...rest]) {
      if (bodies.has(request) && !rest.some(Boolean) && goesByLine(request)) {
        const number = ++count;
        const reactive = {
          number,
          route: places.get(pathOf(request.url)),
          token: request.headers.get(token),
          body: bodies.get(request)
        };
        const settled = new Promise(settle => waiting.set(number, settle));
        line.send(JSON.stringify({ reactive }));
        const text = await settled;
        if (text !== null) {
          const headers = { 'Content-Type': 'application/json' };
          return new Response(text, { headers });
        }
      }
      return Reflect.apply(target, self, [request, ...rest]);
    }
  });
})();
