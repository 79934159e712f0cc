/* The server's findings, and what only the browser can try: the way that it came itself. */
(() => {
  'use strict';
  const words = document.body.dataset;
  const { api } = words;
  const root = api.slice(0, -'reactive/api'.length);
  // The Hub asks each fetch for it.
  const xsrf = document.cookie.match(/(?:^|; )_xsrf=([^;]*)/)?.[1] ?? '';
  const TIMEOUT = 15000;
  // The server pauses for a second between two events.
  const SMALLEST_GAP = 500;

  const limited = (attempt, onLate) =>
    Promise.race([
      attempt,
      new Promise(resolve => window.setTimeout(resolve, TIMEOUT, 'problem'))
    ])
      .catch(() => 'problem')
      .finally(onLate);

  const websocket = () => {
    const url = new URL(`${root}api/events/subscribe`, window.location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = new WebSocket(url);
    const attempt = new Promise(resolve => {
      socket.onopen = () => resolve('ok');
      socket.onerror = () => resolve('problem');
    });
    return limited(attempt, () => socket.close());
  };

  const eventStream = () => {
    const stream = new EventSource(
      `${api}/doctor/stream?_xsrf=${encodeURIComponent(xsrf)}`
    );
    let first;
    const attempt = new Promise(resolve => {
      stream.onmessage = () => {
        const now = performance.now();
        if (first === undefined) {
          first = now;
        } else {
          resolve(now - first > SMALLEST_GAP ? 'ok' : 'warning');
        }
      };
      stream.onerror = () => resolve('problem');
    });
    return limited(attempt, () => stream.close());
  };

  const ask = async () => {
    const reply = await window.fetch(`${api}/doctor`, {
      headers: { 'X-XSRFToken': xsrf }
    });
    if (!reply.ok) {
      throw new Error(reply.statusText);
    }
    return (await reply.json()).findings;
  };

  const tell = (check, level) => ({
    check,
    level,
    message: words[`${check}${level[0].toUpperCase()}${level.slice(1)}`],
    remedy: level === 'ok' ? '' : words.remedy
  });

  const show = finding => {
    const item = document.createElement('li');
    item.dataset.level = finding.level;
    item.dataset.check = finding.check;
    for (const text of [finding.message, finding.remedy].filter(Boolean)) {
      const paragraph = document.createElement('p');
      paragraph.textContent = text;
      item.append(paragraph);
    }
    item.lastChild.classList.toggle('remedy', Boolean(finding.remedy));
    document.querySelector('.findings').append(item);
    return finding.level;
  };

  const examine = async () => {
    const [findings, socket, stream] = await Promise.all([
      ask(),
      websocket(),
      eventStream()
    ]);
    const levels = [
      ...findings,
      tell('websocket', socket),
      tell('eventStream', stream)
    ].map(show);
    return levels.every(level => level === 'ok') ? words.allWell : words.toDo;
  };

  void examine()
    .catch(() => words.failed)
    .then(text => {
      document.querySelector('[role=status]').textContent = text;
      document.querySelector('main').removeAttribute('aria-busy');
    });
})();
