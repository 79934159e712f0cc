"""The schemas of what we tell on Jupyter's event bus."""

from pathlib import Path

SERVER_SCHEMA = "https://schema.jupyter.org/jupyter_reactive/server/v1"
SESSION_SCHEMA = "https://schema.jupyter.org/jupyter_reactive/session/v1"
NOTICE_SCHEMA = "https://schema.jupyter.org/jupyter_reactive/notice/v1"
EXPORT_SCHEMA = "https://schema.jupyter.org/jupyter_reactive/export/v1"
LESSON_SCHEMA = "https://schema.jupyter.org/jupyter_reactive/lesson/v1"
SCHEMA_FILES = tuple(
    Path(__file__).parent / name / "v1.yaml"
    for name in ("server", "session", "notice", "export", "lesson")
)
