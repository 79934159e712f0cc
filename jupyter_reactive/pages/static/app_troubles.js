/* Says in an app that it goes on computing, or that a part of it has failed: marimo shows nothing
   of either to visitors. */
(() => {
  'use strict';
  const {
    ready,
    cell,
    lacks,
    computing,
    long,
    failed,
    missing,
    label,
    notebook
  } = document.currentScript.dataset;
  const harmless = new Set(document.currentScript.dataset.harmless.split(' '));
  const { onMessage, note, link } = window.reactiveNotes;
  // Milliseconds for which a cell may compute before it is told, and before it may be endless.
  const [SHORT, LONG] = [10_000, 60_000];
  const format = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
  const step = notebook ? link(label, notebook) : null;
  const [sayComputing, sayFailed] = ['computing', 'failed'].map(name =>
    note(`reactive-${name}`, step)
  );
  // Since when a cell runs, in milliseconds since 1970.
  const running = new Map();
  const broken = new Set();
  const packages = new Set();
  let clock = null;

  const computed = () => {
    const since = Math.min(...running.values());
    const text = Date.now() - since < LONG ? computing : long;
    return Date.now() - since < SHORT
      ? ''
      : text.replace('{time}', format.format(since));
  };
  const update = () => {
    const busy = computed();
    const names = [...packages].join(', ');
    const lost = packages.size ? missing.replace('{packages}', names) : failed;
    // One at a time, at the same place.
    sayFailed(!busy && broken.size ? lost : '');
    sayComputing(busy);
    if (running.size && !clock) {
      clock = setInterval(update, 1000);
    } else if (!running.size) {
      clearInterval(clock);
      clock = null;
    }
  };

  const hearCell = ({ cell_id: id, status, output, timestamp }) => {
    if (status === 'running') {
      running.set(id, timestamp * 1000);
    } else if (status) {
      running.delete(id);
    }
    if (status === 'queued' || status === 'running') {
      broken.delete(id);
    }
    if (
      output?.channel === 'marimo-error' &&
      output.data.some(({ type }) => !harmless.has(type))
    ) {
      broken.add(id);
    }
  };

  document.addEventListener('DOMContentLoaded', update);
  onMessage(message => {
    if (message.startsWith(ready)) {
      running.clear();
      broken.clear();
      packages.clear();
    } else if (message.startsWith(cell)) {
      hearCell(JSON.parse(message).data);
    } else if (message.startsWith(lacks)) {
      JSON.parse(message).data.packages.forEach(name => packages.add(name));
    } else {
      return;
    }
    update();
  });
})();
