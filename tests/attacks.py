"""What a page tries on the reactive notebooks of the user who looks at it, in a real browser.

The same script, run on marimo's own page, shows that each attempt could succeed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.sync_api import Page

# Each attempt answers what it got hold of; nothing, when it was refused.
SCRIPT = r"""
async ({ base, notebook }) => {
  const got = {};
  const patience = 30000;
  const edit = `${base}reactive/edit/`;
  const file = encodeURIComponent(notebook);
  // A page of ours with a button, which carries Jupyter's XSRF token.
  const ours = `${base}reactive/open/missing.py`;
  const pageUrl = `${edit}?file=${file}`;
  const xsrf = document.cookie.match(/(?:^|; )_xsrf=([^;]*)/)?.[1] ?? '';
  const serverToken = document.querySelector('marimo-server-token')?.dataset.token ?? '';
  const late = () => new Promise(resolve => setTimeout(resolve, patience, ''));
  const attempt = async (name, action) => {
    try {
      got[name] = (await Promise.race([action(), late()])) || '';
    } catch {
      got[name] = '';
    }
  };
  const known = xsrf ? { headers: { 'X-XSRFToken': xsrf } } : {};
  const ask = async (url, options = {}) => {
    const reply = await fetch(url, { credentials: 'include', ...known, ...options });
    const text = await reply.text();
    return reply.ok ? text : '';
  };
  const withTokens = type => ({
    'Content-Type': type,
    ...(xsrf && { 'X-XSRFToken': xsrf }),
    ...(serverToken && { 'Marimo-Server-Token': serverToken })
  });
  const secretsIn = html => (/server-token|data-xsrf/.test(html) ? html : '');

  await attempt('read api', () => ask(`${base}reactive/api/notebooks/templates`));
  await attempt('read marimo', () => ask(`${edit}api/version`));
  await attempt('read page', async () => secretsIn(await ask(pageUrl)));
  await attempt('read page hidden', async () =>
    secretsIn(await ask(pageUrl, { referrerPolicy: 'no-referrer' })));
  await attempt('read page of ours', async () => {
    const reply = await fetch(ours, { credentials: 'include', ...known });
    return secretsIn(await reply.text());
  });
  await attempt('read notebook', async () => {
    const reply = await fetch(`${edit}sse?session_id=s_sse001&file=${file}`, {
      credentials: 'include'
    });
    const { value } = await reply.body.getReader().read();
    return reply.ok ? new TextDecoder().decode(value) : '';
  });

  // What these do shows on the disk.
  const body = name => JSON.stringify({ folder: '', name });
  const post = (name, type) => () =>
    ask(`${base}reactive/api/notebooks`, {
      method: 'POST',
      headers: type === 'application/json' || xsrf ? withTokens(type) : { 'Content-Type': type },
      body: body(name)
    });
  await attempt('post json', post('json.py', 'application/json'));
  await attempt('post text', post('text.py', 'text/plain'));
  await attempt('post form', async () => {
    const form = document.createElement('form');
    form.method = 'POST';
    form.enctype = 'text/plain';
    form.action = `${base}reactive/api/notebooks?_xsrf=${encodeURIComponent(xsrf)}`;
    form.target = 'form-result';
    const field = document.createElement('input');
    field.name = '{"folder": "", "name": "form';
    field.value = '.py"}';
    form.append(field);
    const frame = document.createElement('iframe');
    frame.name = 'form-result';
    document.body.append(frame, form);
    const loaded = new Promise(resolve => {
      frame.onload = resolve;
    });
    form.submit();
    await loaded;
  });
  for (const type of ['application/json', 'text/plain']) {
    await attempt(`post marimo ${type}`, () =>
      ask(`${edit}api/home/workspace_files`, {
        method: 'POST',
        headers: serverToken ? withTokens(type) : { 'Content-Type': type },
        body: JSON.stringify({ includeMarkdown: false })
      }));
  }

  const connect = route => () =>
    new Promise(resolve => {
      const socket = new WebSocket(new URL(route, location.href).href.replace(/^http/, 'ws'));
      socket.onopen = () => socket.send('\n');
      socket.onerror = () => resolve('');
      socket.onmessage = event => {
        resolve(String(event.data) || 'something');
        socket.close();
      };
    });
  await attempt('websocket', connect(`${edit}ws?session_id=s_evil01&file=${file}`));
  await attempt('terminal', connect(`${edit}terminal/ws`));

  const framed = (kind, place, url) => async () => {
    const frame = document.createElement(kind);
    frame[place] = url;
    document.body.append(frame);
    await new Promise(resolve => {
      frame.onload = resolve;
      // An object that is refused loads nothing.
      frame.onerror = resolve;
    });
    return secretsIn(frame.contentDocument.documentElement.outerHTML);
  };
  await attempt('iframe', framed('iframe', 'src', pageUrl));
  await attempt('iframe of ours', framed('iframe', 'src', ours));
  await attempt('iframe hidden', async () => {
    const frame = document.createElement('iframe');
    frame.referrerPolicy = 'no-referrer';
    frame.src = pageUrl;
    document.body.append(frame);
    await new Promise(resolve => {
      frame.onload = resolve;
    });
    return secretsIn(frame.contentDocument.documentElement.outerHTML);
  });
  await attempt('object', framed('object', 'data', pageUrl));

  const read = async opened => {
    for (let waited = 0; waited < 3000; waited += 100) {
      await new Promise(resolve => setTimeout(resolve, 100));
      const html = secretsIn(opened.document.documentElement.outerHTML);
      if (html) {
        return html;
      }
    }
    return '';
  };
  await attempt('window', () => read(window.open(pageUrl)));
  await attempt('window of ours', () => read(window.open(ours)));
  await attempt('window that was blank', async () => {
    const opened = window.open('about:blank');
    opened.location.href = pageUrl;
    return read(opened);
  });
  await attempt('window hidden', async () => {
    const meta = document.createElement('meta');
    meta.name = 'referrer';
    meta.content = 'no-referrer';
    document.head.append(meta);
    return read(window.open(pageUrl));
  });
  return got;
}
"""
EVIL = "<!doctype html><title>evil</title><body>kittens</body>"
# Where somebody gets hold of something, on marimo's own page: an opener never does, whoever it
# is, and a page comes to nobody who fetches it.
OPEN_TO_OURSELVES = {
    "read api",
    "read marimo",
    "read notebook",
    "post json",
    "post text",
    "post marimo application/json",
    "post marimo text/plain",
    "websocket",
    "terminal",
    "iframe",
    "iframe of ours",
    "object",
}


def attack(page: Page, base: str, notebook: str) -> dict[str, str]:
    """What the page that is open gets hold of.

    Args:
        page: the attacker's, or marimo's own.
        base: the base URL of the attacked server.
        notebook: a notebook there.
    """
    before = page.context.pages
    got: dict[str, str] = page.evaluate(SCRIPT, {"base": base, "notebook": notebook})
    for other in page.context.pages:
        if other not in before:
            other.close()
    return {name: what[:80] for name, what in got.items() if what}


@contextmanager
def served(html: str = EVIL) -> Iterator[int]:
    """A page of somebody else, an attacker's unless it is given, at a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
