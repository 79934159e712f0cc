/* What scripts of ours in marimo's page have in common: they hear what the kernel says to it, by
   websocket or as events, and say something above it. */
window.reactiveNotes = (() => {
  'use strict';
  const { route, events, dismiss } = document.currentScript.dataset;
  const pathOf = place => new URL(place, document.baseURI).pathname;
  const [socketPath, eventsPath] = [route, events].map(pathOf);

  const listen = async (body, hear) => {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let held = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      const lines = (held + value).split('\n');
      held = lines.pop();
      lines
        .filter(line => line.startsWith('data: '))
        .forEach(line => hear(line.slice('data: '.length)));
    }
  };

  /* Calls a function with each message that is text. */
  const onMessage = hear => {
    window.WebSocket = new Proxy(window.WebSocket, {
      construct(target, [url, ...rest]) {
        const socket = new target(url, ...rest);
        if (new URL(socket.url).pathname === socketPath) {
          socket.addEventListener('message', ({ data }) => {
            if (typeof data === 'string') {
              hear(data);
            }
          });
        }
        return socket;
      }
    });
    window.fetch = new Proxy(window.fetch, {
      async apply(target, self, args) {
        const reply = await Reflect.apply(target, self, args);
        if (!reply.body || pathOf(reply.url) !== eventsPath) {
          return reply;
        }
        const [ours, theirs] = reply.body.tee();
        listen(ours, hear).catch(() => undefined);
        return new Response(theirs, reply);
      }
    });
  };

  const element = (kind, style, properties) => {
    const made = Object.assign(document.createElement(kind), properties);
    made.style.cssText = style;
    return made;
  };

  /* A note, which says a text until it is given an empty one or is closed for good. */
  const note = (className, step = null) => {
    let isDismissed = false;
    let strip = null;
    let words = null;

    const remove = () => {
      strip?.remove();
      strip = null;
    };
    const show = () => {
      words = element('span', '', { role: 'status' });
      const close = element(
        'button',
        'padding: 0 0.8em; border: 1px solid GrayText; border-radius: 3px',
        { type: 'button', textContent: dismiss }
      );
      close.addEventListener('click', () => {
        isDismissed = true;
        remove();
      });
      strip = element(
        'div',
        'position: fixed; inset: 0.5em 0 auto 0; z-index: 40; width: fit-content;' +
          'max-width: min(100% - 14em, 60em); margin: auto; display: flex; gap: 1em;' +
          'align-items: baseline; padding: 0.3em 1em; font: 13px/1.4 system-ui, sans-serif;' +
          'color: CanvasText; background: Canvas; border: 1px solid GrayText; border-radius: 1em',
        { className }
      );
      strip.append(...[words, step, close].filter(Boolean));
      document.body.append(strip);
    };

    return text => {
      if (!document.body || isDismissed || !text) {
        remove();
        return;
      }
      if (!strip) {
        show();
      }
      // Screen readers tell what changes.
      if (words.textContent !== text) {
        words.textContent = text;
      }
    };
  };

  const link = (label, href) =>
    element('a', 'white-space: nowrap; text-decoration: underline', {
      href,
      target: '_blank',
      textContent: label
    });

  return { onMessage, note, link };
})();
