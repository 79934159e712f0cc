"""JSON schemas as Markdown, for the references of the REST API and of the events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_WORDS = {"null": "null", "string": "text", "integer": "whole number", "object": "object"}


def kind(schema: dict[str, Any]) -> str:
    """What a value may be, in few words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#schema-{name.lower()})"
    if "enum" in schema:
        return " or ".join(
            f"`{value}`" if value is not None else "null" for value in schema["enum"]
        )
    if "const" in schema:
        return f"`{schema['const']}`"
    for choice in ("oneOf", "anyOf"):
        if choice in schema:
            return " or ".join(kind(one) for one in schema[choice])
    types = schema.get("type", "anything")
    if isinstance(types, list):
        return " or ".join(kind({**schema, "type": one}) for one in types)
    if types == "array":
        return f"list of {kind(schema.get('items', {}))}"
    return _WORDS.get(types, types)


def properties(schema: dict[str, Any], depth: int = 0) -> Iterator[str]:
    """The properties of an object, and of those in it, as lines of a list."""
    required = schema.get("required", [])
    for name, value in schema.get("properties", {}).items():
        limits = "".join(
            f", {words} {value[key]}"
            for key, words in _LIMITS.items()
            if key in value and value[key] is not None
        )
        optional = "" if name in required else ", may be left out"
        text = " ".join(value.get("description", "").split())
        said = f"`{name}` ({kind(value)}{limits}{optional})" + (f": {text}" if text else "")
        yield f"{'  ' * depth}- {said}"
        for inner in _objects(value):
            yield from properties(inner, depth + 1)


_LIMITS = {
    "minimum": "at least",
    "maximum": "at most",
    "minLength": "characters at least",
    "maxLength": "characters at most",
    "maxItems": "items at most",
    "default": "by default",
}


def _objects(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The objects that a schema describes in place: itself, its items, its choices."""
    if "properties" in schema:
        yield schema
    for inner in (schema.get("items"), *schema.get("oneOf", ()), *schema.get("anyOf", ())):
        if inner:
            yield from _objects(inner)


def described(schema: dict[str, Any]) -> Iterator[str]:
    """A schema as a paragraph and the list of its properties."""
    objects = list(_objects(schema))
    if not objects or schema not in objects:
        yield kind(schema)
        yield ""
    for one in objects:
        yield from properties(one)
