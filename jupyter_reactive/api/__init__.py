"""REST under ``reactive/api/``, described by ``openapi.yaml``."""

from pathlib import Path

OPENAPI_FILE = Path(__file__).parent / "openapi.yaml"
