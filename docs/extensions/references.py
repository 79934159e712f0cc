"""The references, made at each build from what they describe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import yaml
from options import CLASSES
from schemas import described, kind

import jupyter_reactive
from jupyter_reactive.cli.app import COMMANDS, application

PACKAGE = Path(jupyter_reactive.__file__).parent
DOCS = Path(__file__).parents[1]


def options() -> Iterator[str]:
    """Every option of the server extension: a section for each class, an entry for each trait."""
    for cls in CLASSES:
        own = sorted(cls.class_own_traits(config=True).items())
        if not own:
            continue
        yield f"## {cls.__name__}\n"
        yield f"{(cls.__doc__ or '').strip().splitlines()[0]}\n"
        for name, trait in own:
            yield f":::{{confval}} c.{cls.__name__}.{name}"
            yield f":type: {trait.info()}\n"
            yield dedent(trait.help).strip()
            yield ":::\n"


def commands() -> Iterator[str]:
    """What each command says to `--help`."""
    for name in COMMANDS:
        yield f"## jupyter reactive {name}\n"
        yield "````text"
        yield from "\n".join(application(name)().emit_help()).strip().splitlines()
        yield "````\n"


def rest_api() -> Iterator[str]:
    """The REST API: a section for each operation, then the schemas.

    From the file that tests hold the server's answers against.
    """
    api = yaml.safe_load((PACKAGE / "api/openapi.yaml").read_text("utf-8"))
    parts = api["components"]
    yield api["info"]["description"]
    for path, item in api["paths"].items():
        for verb, operation in item.items():
            if verb == "parameters":
                continue
            yield f"## {operation['summary']}\n"
            yield f"`{verb.upper()} {path}`\n"
            yield f"{operation.get('description', '')}\n"
            parameters = [*item.get("parameters", ()), *operation.get("parameters", ())]
            yield from _parameters([_found(parts, one) for one in parameters])
            if "requestBody" in operation:
                yield "Body:\n"
                yield from _content(operation["requestBody"])
            yield from _answers(parts, operation["responses"])
    yield "## Schemas\n"
    for name, schema in sorted(parts["schemas"].items()):
        yield f"(schema-{name.lower()})="
        yield f"### {name}\n"
        yield from described(schema)
        yield ""


def measurements() -> Iterator[str]:
    """The pages that benchmarks write, as far as they have been written, for a `toctree`."""
    for page in sorted(DOCS.glob("*.md")):
        if "Written by `benchmarks/" in page.read_text("utf-8"):
            yield f"/{page.stem}"


def event_schemas() -> Iterator[str]:
    """The events, from the schemas that Jupyter's event bus checks them by."""
    for file in sorted((PACKAGE / "events").glob("*/*.yaml")):
        schema = yaml.safe_load(file.read_text("utf-8"))
        yield f"## {schema['title']}\n"
        yield f"`{schema['$id']}`\n"
        yield f"{schema['description']}\n"
        yield from described(schema)
        yield ""


def _found(parts: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    """A part of the API that stands where it is used, or among the components."""
    if "$ref" not in one:
        return one
    _hash, _components, group, name = one["$ref"].split("/")
    return parts[group][name]


def _parameters(parameters: list[dict[str, Any]]) -> Iterator[str]:
    for one in parameters:
        text = " ".join(one.get("description", "").split())
        optional = "" if one.get("required") else ", may be left out"
        yield f"- `{one['name']}` in the {one['in']} ({kind(one['schema'])}{optional}) {text}"
    yield ""


def _content(body: dict[str, Any]) -> Iterator[str]:
    for media, value in body.get("content", {}).items():
        if media != "application/json":
            yield f"`{media}`\n"
        yield from described(value.get("schema", {}))
        yield ""


def _answers(parts: dict[str, Any], answers: dict[str, Any]) -> Iterator[str]:
    refused = []
    for status, answer in answers.items():
        if answer.get("$ref", "").endswith("/Error"):
            refused.append(status)
            continue
        found = _found(parts, answer)
        yield f"Answer {status}: {found['description']}\n"
        yield from _content(found)
    named = [status for status in refused if status != "default"]
    if named:
        yield f"Refused with {', '.join(named)}: [Error](#schema-error).\n"
