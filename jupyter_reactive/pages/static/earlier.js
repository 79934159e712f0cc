/* Says of which time the results are that a notebook shows before it has been run. marimo sends
   those of the last session with the greeting, and every cell that runs says that it is queued. */
(() => {
  'use strict';
  const { ready, cell, done, note } = document.currentScript.dataset;
  const { onMessage, note: makeNote } = window.reactiveNotes;
  const say = makeNote('reactive-earlier');
  const format = new Intl.DateTimeFormat(undefined, {
    dateStyle: 'medium',
    timeStyle: 'short'
  });
  // Of each cell with results of an earlier session, when it had them first and last.
  const earlier = new Map();
  let ran = new Set();
  let isGreeting = false;

  const update = () => {
    const times = [...earlier.values()].flat().map(time => time * 1000);
    say(
      times.length &&
        note.replace(
          '{time}',
          format.formatRange(Math.min(...times), Math.max(...times))
        )
    );
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

  document.addEventListener('DOMContentLoaded', update);
  onMessage(hear);
})();
