/* Says of which time the results are that a notebook shows before it has been run. marimo sends
   those of the last session with the greeting, and every cell that runs says that it is queued. */
(() => {
  'use strict';
  const { route, events, ready, cell, done, note, dismiss } =
    document.currentScript.dataset;
  const pathOf = place => new URL(place, document.baseURI).pathname;
  const [socketPath, eventsPath] = [route, events].map(pathOf);
  const format = new Intl.DateTimeFormat(undefined, {
    dateStyle: 'medium',
    timeStyle: 'short'
  });
  // Of each cell with results of an earlier session, when it had them first and last.
  const earlier = new Map();
  let ran = new Set();
  let isGreeting = false;
  let isDismissed = false;
  let strip = null;

  const show = () => {
    const words = document.createElement('span');
    words.setAttribute('role', 'status');
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = dismiss;
    button.style.cssText =
      'padding: 0 0.8em; border: 1px solid GrayText; border-radius: 3px';
    button.addEventListener('click', () => {
      isDismissed = true;
      update();
    });
    strip = document.createElement('div');
    strip.className = 'reactive-earlier';
    strip.style.cssText =
      'position: fixed; inset: 0.5em 0 auto 0; z-index: 40; width: fit-content; max-width: 60%;' +
      'margin: auto; display: flex; gap: 1em; align-items: baseline; padding: 0.2em 1em;' +
      'font: 13px system-ui, sans-serif; color: CanvasText; background: Canvas;' +
      'border: 1px solid GrayText; border-radius: 1em';
    strip.append(words, button);
    document.body.append(strip);
    return words;
  };

  const update = () => {
    if (!document.body || !earlier.size || isDismissed) {
      strip?.remove();
      strip = null;
      return;
    }
    const times = [...earlier.values()].flat().map(time => time * 1000);
    const range = format.formatRange(Math.min(...times), Math.max(...times));
    const text = note.replace('{time}', range);
    const words = strip?.querySelector('[role="status"]') ?? show();
    // Screen readers tell what changes.
    if (words.textContent !== text) {
      words.textContent = text;
    }
  };

  const hearCell = message => {
    const { cell_id: id, status, output, console: printed } = message;
    if (status === 'queued' || status === 'running') {
      ran.add(id);
      earlier.delete(id);
    } else if (
      isGreeting &&
      // marimo shows plain Markdown at once, without a run. What it has kept, it says of no time.
      (message.timestamp === 0 || output?.mimetype !== 'text/markdown') &&
      status === 'idle' &&
      !ran.has(id)
    ) {
      const times = [output, printed]
        .flat()
        .filter(part => part?.data?.length !== 0 && part?.timestamp)
        .map(part => part.timestamp);
      if (times.length) {
        earlier.set(id, times);
      }
    }
  };

  const hear = message => {
    if (typeof message !== 'string') {
      return;
    }
    if (message.startsWith(ready)) {
      earlier.clear();
      ran = new Set(Object.keys(JSON.parse(message).data.last_execution_time));
      isGreeting = true;
    } else if (message.startsWith(cell) && (isGreeting || earlier.size)) {
      hearCell(JSON.parse(message).data);
    } else if (message.startsWith(done)) {
      isGreeting = false;
    } else {
      return;
    }
    update();
  };

  const listen = async body => {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let held = '';
    for (;;) {
      const { done: isOver, value } = await reader.read();
      if (isOver) {
        return;
      }
      const lines = (held + value).split('\n');
      held = lines.pop();
      lines
        .filter(line => line.startsWith('data: '))
        .forEach(line => hear(line.slice('data: '.length)));
    }
  };

  document.addEventListener('DOMContentLoaded', update);

  window.WebSocket = new Proxy(window.WebSocket, {
    construct(target, [url, ...rest]) {
      const socket = new target(url, ...rest);
      if (new URL(socket.url).pathname === socketPath) {
        socket.addEventListener('message', ({ data }) => hear(data));
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
      listen(ours).catch(() => undefined);
      return new Response(theirs, reply);
    }
  });
})();
