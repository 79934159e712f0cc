/* Shows the token of this page with every websocket to marimo, which can carry no header. */
(() => {
  'use strict';
  const { name, token, path } = document.currentScript.dataset;
  const isOurs = address =>
    address.host === window.location.host && address.pathname.startsWith(path);

  window.WebSocket = new Proxy(window.WebSocket, {
    construct(target, [url, ...rest]) {
      const address = new URL(url, document.baseURI);
      if (isOurs(address)) {
        address.searchParams.set(name, token);
      }
      return new target(address.href, ...rest);
    }
  });
})();
