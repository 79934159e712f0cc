"""How Sphinx builds the site: `make docs`."""

import os
import sys
from importlib.metadata import version as version_of
from pathlib import Path

# Our own extension, and the list of classes that docs/options.py keeps.
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent / "extensions")]

project = "jupyter-reactive"
author = project_copyright = "jupyter-reactive contributors"
version = release = version_of("jupyter-reactive")

extensions = ["myst_parser", "sphinx_copybutton", "sphinx_design", "repository"]
# What is shown on GitHub for a folder is part of its page here.
exclude_patterns = ["_build", "**/README.md"]
# Where links to the sources lead, such as https://github.com/<account>/jupyter-reactive; without
# one they are plain text.
repository_url = os.environ.get("REPOSITORY_URL", "")

myst_enable_extensions = ["attrs_inline", "colon_fence"]
myst_heading_anchors = 4
nitpicky = True

html_theme = "pydata_sphinx_theme"
html_title = project
html_static_path = ["_static"]
html_css_files = ["site.css"]
# The sources are in the repository.
html_copy_source = False
html_theme_options = {
    "logo": {"text": project},
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": ["theme-version"],
    # Colours of code that everybody can tell apart, light and dark.
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
# Pages with no others below them.
html_sidebars = {"index": [], "students/index": []}
