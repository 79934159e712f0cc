/* Tries whether websockets come through, before anybody has typed. Says once that they do not. */
(() => {
  'use strict';
  const { route, cookie, path, note, dismiss } = document.currentScript.dataset;
  const patience = 4000;
  const day = 86400;
  const told = `${cookie}-told`;

  const crumb = name =>
    document.cookie
      .split('; ')
      .find(word => word.startsWith(`${name}=`))
      ?.slice(name.length + 1);

  const found = () => crumb(cookie);

  const remember = (value, age) => {
    document.cookie = `${cookie}=${value}; Path=${path}; SameSite=Lax${age}`;
  };

  const tell = () => {
    const strip = document.createElement('div');
    strip.setAttribute('role', 'status');
    strip.className = 'reactive-transport';
    Object.assign(strip.style, {
      position: 'fixed',
      inset: 'auto 0 0 0',
      zIndex: '1000',
      display: 'flex',
      gap: '1em',
      justifyContent: 'center',
      alignItems: 'center',
      padding: '0.5em 1em',
      font: '14px system-ui, sans-serif',
      color: 'CanvasText',
      background: 'Canvas',
      borderTop: '1px solid GrayText'
    });
    const button = document.createElement('button');
    button.textContent = dismiss;
    Object.assign(button.style, {
      padding: '0.2em 0.8em',
      border: '1px solid GrayText',
      borderRadius: '3px'
    });
    button.addEventListener('click', () => strip.remove());
    strip.append(note, button);
    document.body.append(strip);
  };

  const tellOnce = () => {
    try {
      if (window.localStorage.getItem(told)) {
        return;
      }
      window.localStorage.setItem(told, '1');
    } catch {
      // Without a memory it is said each time.
    }
    if (document.body) {
      tell();
    } else {
      document.addEventListener('DOMContentLoaded', tell);
    }
  };

  const comesThrough = () =>
    new Promise(resolve => {
      const url = new URL(route, window.location.href);
      url.protocol = url.protocol.replace('http', 'ws');
      const socket = new WebSocket(url);
      const end = answer => {
        resolve(answer);
        socket.close();
      };
      window.setTimeout(end, patience, false);
      socket.onopen = () => socket.send(cookie);
      socket.onmessage = event => end(event.data === cookie);
      socket.onerror = socket.onclose = () => end(false);
    });

  // When nothing comes through, websockets are not to blame.
  const isReachable = async () => {
    try {
      // The Hub asks each fetch for it.
      const headers = { 'X-XSRFToken': crumb('_xsrf') ?? '' };
      return (await window.fetch(route, { cache: 'no-store', headers })).ok;
    } catch {
      return false;
    }
  };

  const probe = async () => {
    if (await comesThrough()) {
      // Until the browser is closed.
      remember('websocket', '');
    } else if (await isReachable()) {
      // The network may be another one tomorrow.
      remember('sse', `; Max-Age=${day}`);
      if (found() === 'sse') {
        window.location.reload();
      }
    }
  };

  if (found() === 'sse') {
    tellOnce();
  } else {
    void probe();
  }
})();
