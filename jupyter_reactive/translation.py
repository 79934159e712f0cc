"""The translator of every sentence that a person may read.

Catalogues live in ``locale/<language>/LC_MESSAGES/jupyter_reactive.mo``; without one the
English source text is used. The language is the one of the server process, as for
jupyter_server's own pages.
"""

import gettext
from pathlib import Path

DOMAIN = "jupyter_reactive"

_ = gettext.translation(
    DOMAIN, localedir=str(Path(__file__).parent / "locale"), fallback=True
).gettext
