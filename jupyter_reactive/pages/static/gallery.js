/* Search and the arrow keys in the gallery; without a script the page is a list of links. */
(() => {
  'use strict';
  const box = document.querySelector('.search');
  const list = document.getElementById('apps');
  if (!box || !list) {
    return;
  }
  box.hidden = false;
  const input = box.querySelector('input');
  const none = document.querySelector('.none');
  const items = [...list.children];

  const visible = () =>
    items.filter(item => !item.hidden).map(item => item.querySelector('a'));

  input.addEventListener('input', () => {
    const words = input.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    for (const item of items) {
      const text = item.textContent.toLocaleLowerCase();
      item.hidden = !words.every(word => text.includes(word));
    }
    none.textContent = visible().length ? '' : none.dataset.none;
  });

  const move = step => {
    const links = visible();
    const next = links[links.indexOf(document.activeElement) + step];
    (next ?? (step < 0 ? input : links.at(-1)))?.focus();
  };

  document.addEventListener('keydown', event => {
    const isTyping = event.target === input;
    if (event.key === '/' && !isTyping) {
      event.preventDefault();
      input.focus();
    } else if (
      event.key === 'ArrowDown' ||
      (event.key === 'ArrowRight' && !isTyping)
    ) {
      event.preventDefault();
      move(1);
    } else if (
      event.key === 'ArrowUp' ||
      (event.key === 'ArrowLeft' && !isTyping)
    ) {
      event.preventDefault();
      move(-1);
    }
  });
})();
