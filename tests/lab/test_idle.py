"""A notebook that nobody uses is shut down, with a clear word before and after."""

from __future__ import annotations

from front_end import own_lab
from playwright.sync_api import expect

jupyter = own_lab(
    "--SessionLimits.idle_timeout=8",
    "--SessionLimits.warning_time=6",
    "--ActivityMonitor.interval=0.5",
)


def test_bar_says_it_before_and_after(new_lab, write):
    write("slider.py")
    lab = new_lab()
    lab.open_slider("slider.py")
    expect(lab.bar).to_contain_text("“slider.py” is idle and will be shut down in about")
    # Use takes it back: the next word comes anew.
    lab.bar.get_by_role("button", name="Dismiss").click()
    lab.notebook.slider().press("ArrowRight")
    lab.notebook.expect_output("square: 9")
    expect(lab.bar).to_contain_text("is idle and will be shut down", timeout=40_000)
    expect(lab.bar).to_contain_text("“slider.py” was idle for 8 seconds", timeout=40_000)
    expect(lab.bar).to_contain_text("Open it again to go on")
    lab.bar.get_by_role("button", name="Start again").click()
    expect(lab.bar).not_to_be_visible()
    lab.notebook.expect_output("square: 1")
