"""What users choose in JupyterLab's settings of what the server does, also while no page is open.

Jupyter keeps it as a section of its front ends' configuration, `<name>.json` in the folders
`serverconfig` of `jupyter --paths`
(https://jupyter-server.readthedocs.io/en/latest/api/jupyter_server.services.config.html), which
`/api/config/<name>` changes for whoever may write `config`; its route takes no hyphen. Knows
nothing of what is chosen.
"""

from __future__ import annotations

from typing import Any, cast

from jupyter_server.services.config.manager import ConfigManager
from traitlets import Instance, TraitError
from traitlets.config import LoggingConfigurable


class Preferring(LoggingConfigurable):
    """Base of what has traits that its user may choose."""

    config_manager = Instance(ConfigManager, args=())

    def preferred(self, section: str, name: str) -> Any:
        """The value of a trait that the user has chosen, or else its own.

        Reads files.

        Args:
            section: of the configuration.
            name: of the trait, in the section too.
        """
        own, trait = getattr(self, name), cast("Any", self.traits()[name])
        # Untyped.
        manager = cast("Any", self.config_manager)
        try:
            chosen = manager.get(section).get(name)
            return own if chosen is None else trait.validate(self, chosen)
        except (OSError, ValueError, TraitError) as e:
            self.log.warning("“%s” of the section %s is not taken: %s", name, section, e)
            return own
