"""The forms in which a link is handed out: as it is, or as a badge for a page."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from ..translation import _
from .platforms import Platform

_SHIELD = "https://img.shields.io/badge/open_in-JupyterHub-f37726?logo=jupyter"
# Each platform's own picture. nbgitpuller's links and a Hub's lead to the same place for a reader.
_BADGES = {
    Platform.BINDER: "https://mybinder.org/badge_logo.svg",
    Platform.NBGITPULLER: _SHIELD,
    Platform.HUB: _SHIELD,
    Platform.STUDIO_LAB: "https://studiolab.sagemaker.aws/studiolab.svg",
    Platform.COLAB: "https://colab.research.google.com/assets/colab-badge.svg",
    Platform.MOLAB: "https://marimo.io/molab-shield.svg",
}
NAMES = {
    Platform.BINDER: "Binder",
    Platform.NBGITPULLER: "JupyterHub",
    Platform.HUB: "JupyterHub",
    Platform.STUDIO_LAB: "SageMaker Studio Lab",
    Platform.COLAB: "Colab",
    Platform.MOLAB: "molab",
}
FORMS = ("url", "markdown", "html", "rst")


def forms(url: str, platform: Platform) -> Mapping[str, str]:
    """A link in each form: `url`, `markdown`, `html` and `rst` (reStructuredText).

    Args:
        url: the link, quoted.
        platform: where it leads.
    """
    badge = _BADGES[platform]
    label = _("Open in {platform}").format(platform=NAMES[platform])
    return {
        "url": url,
        "markdown": f"[![{label}]({badge})]({url})",
        "html": f'<a href="{escape(url)}"><img src="{escape(badge)}" alt="{escape(label)}"></a>',
        "rst": f".. image:: {badge}\n   :target: {url}\n   :alt: {label}",
    }
