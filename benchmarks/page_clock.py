"""When something happened in a page, by the clock of the page itself, in any of its frames."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, Page

# Frame by frame, since that is what people see: in `requestAnimationFrame` it is about to be
# painted. A frame of ours may be there and hidden behind a waiting page.
WATCH = """(() => {
  const how = { checkOpacity: true, checkVisibilityCSS: true };
  const tell = (what, text, at) => benchmarkSaw(what, text, performance.timeOrigin + at);
  const shown = element =>
    element.checkVisibility(how) && element.getBoundingClientRect().height > 0 &&
    (!window.frameElement || window.frameElement.checkVisibility(how));
  const find = (selector, test) =>
    [...document.querySelectorAll(selector)].find(e => test.test(e.textContent) && shown(e));
  const area = "AREA";
  const waiting = { code: ['.cm-content', /./], output: [area, /square: \\d+ by/] };
  const look = () => {
    for (const [what, [selector, test]] of Object.entries(waiting)) {
      const found = find(selector, test);
      if (!found) continue;
      delete waiting[what];
      tell(what, found.textContent, performance.now());
    }
    if (Object.keys(waiting).length) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  document.addEventListener('mousedown', e => tell('press', '', e.timeStamp), true);

  let pressed = null;
  const value = () => find(area, /square: \\d+ by/)?.textContent ?? '';
  document.addEventListener('keydown', event => {
    const before = value(), at = event.timeStamp;
    pressed?.disconnect();
    pressed = new MutationObserver(() => {
      const now = value();
      if (now === before) return;
      pressed.disconnect();
      tell('move', String(performance.now() - at), performance.now());
    });
    pressed.observe(document.body, { subtree: true, childList: true, characterData: true });
  }, true);
})()"""


@dataclass(frozen=True)
class Seen:
    """Something that a page has shown or felt.

    Attributes:
        what: `press` of the mouse, `code` or `output` on the screen, `move`: output after a key.
        text: of what is shown; the milliseconds of a `move`.
        at: seconds since 1970.
    """

    what: str
    text: str
    at: float


@dataclass
class PageClock:
    """Watches every page of a browser.

    Attributes:
        area: the selector of what shows an output.
    """

    context: BrowserContext
    area: str = ".output-area"
    seen: list[Seen] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.expose_binding("benchmarkSaw", self._note)
        self.context.add_init_script(WATCH.replace("AREA", self.area))

    def _note(self, _source: Any, what: str, text: str, at: float) -> None:
        self.seen.append(Seen(what, text, at / 1000))

    def wait_for(self, page: Page, what: str, since: float, seconds: float) -> Seen:
        """What was seen first after a time."""
        deadline = time.monotonic() + seconds
        while True:
            for seen in self.seen:
                if seen.what == what and seen.at >= since:
                    return seen
            if time.monotonic() > deadline:
                text = " / ".join(frame.evaluate(BODY)[:150] for frame in page.frames)
                raise TimeoutError(f"no {what} within {seconds:.0f} s, the page says: {text!r}")
            page.wait_for_timeout(50)


BODY = "document.body ? document.body.innerText : ''"
