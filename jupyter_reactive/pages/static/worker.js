/* Takes marimo's files out of one pack, so that a slow line is asked once for all of them.
 *
 * Runs behind marimo's own service worker; `self.reactivePack` says where things are. Whatever goes
 * wrong, a file is fetched as if this were not here.
 */
(() => {
  'use strict';
  const { pack, folder } = self.reactivePack;
  const types = { css: 'text/css', js: 'text/javascript' };

  /* Hand out each file as soon as it has come. */
  const fill = async (files, reader, first) => {
    const whole = new Uint8Array(
      files.reduce((sum, file) => sum + file.size, 0)
    );
    const waiting = [...files].reverse();
    let begin = 0;
    let end = 0;
    for (let piece = first; piece; piece = (await reader.read()).value) {
      whole.set(piece, end);
      end += piece.length;
      while (waiting.length && begin + waiting.at(-1).size <= end) {
        const { size, resolve } = waiting.pop();
        resolve(whole.subarray(begin, begin + size));
        begin += size;
      }
    }
    waiting.forEach(({ resolve }) => resolve(null));
  };

  const open = async () => {
    const reply = await fetch(pack);
    if (!reply.ok) {
      throw new Error(reply.statusText);
    }
    const reader = reply.body.getReader();
    let head = new Uint8Array();
    let cut = -1;
    while (cut < 0) {
      const { done, value } = await reader.read();
      if (done) {
        throw new Error('The pack is cut off.');
      }
      head = new Uint8Array(await new Blob([head, value]).arrayBuffer());
      cut = head.indexOf(10);
    }
    const index = JSON.parse(new TextDecoder().decode(head.subarray(0, cut)));
    const files = index.map(([name, size]) => {
      const file = { name, size };
      file.content = new Promise(resolve => {
        file.resolve = resolve;
      });
      return file;
    });
    fill(files, reader, head.subarray(cut + 1)).catch(() =>
      files.forEach(({ resolve }) => resolve(null))
    );
    return new Map(files.map(({ name, content }) => [name, content]));
  };

  let opened = null;
  const begin = () => {
    opened ??= open();
    // Who asks for a file is told.
    opened.catch(() => undefined);
  };

  const answer = async (request, name, type) => {
    try {
      begin();
      const content = await (await opened).get(name);
      if (content) {
        return new Response(content, { headers: { 'Content-Type': type } });
      }
    } catch {
      // There is no pack, then.
    }
    return fetch(request);
  };

  self.addEventListener('fetch', event => {
    if (event.request.mode === 'navigate') {
      begin();
    }
    const { origin, pathname } = new URL(event.request.url);
    const type = types[pathname.split('.').at(-1)];
    if (
      origin === self.location.origin &&
      pathname.startsWith(folder) &&
      type
    ) {
      event.respondWith(
        answer(event.request, pathname.slice(folder.length), type)
      );
    }
  });
  self.addEventListener('install', () => {
    begin();
    self.skipWaiting();
  });
  self.addEventListener('activate', event =>
    event.waitUntil(self.clients.claim())
  );
})();
