"""The OpenAPI document of a service, in which each kind of problem has a schema of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from apps.common.http.problems import INVALID_REQUEST, MEDIA_TYPE, RETRY_AFTER, WWW_AUTHENTICATE, ProblemType

_HEADERS: Mapping[str, Mapping[str, object]] = {
    RETRY_AFTER: {
        "description": "Seconds after which to try again.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
    WWW_AUTHENTICATE: {
        "description": "Which tokens are taken (RFC 6750).",
        "schema": {"type": "string", "pattern": "^Bearer"},
    },
}
_FRAMEWORKS_OWN = ("HTTPValidationError", "ValidationError")


def problem_responses(*kinds: ProblemType) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that answers problems of these kinds.

    `INVALID_REQUEST` may be left out where the route has no other kind of its status: the framework knows.
    """
    return {
        status: _response(status, [kind for kind in kinds if kind.status == status])
        for status in sorted({kind.status for kind in kinds})
    }


def document(api: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of `api`."""
    made = get_openapi(title=api.title, version=api.version, routes=api.routes)
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    for name in _FRAMEWORKS_OWN:
        schemas.pop(name, None)
    for operations in made.get("paths", {}).values():
        for operation in operations.values():
            responses = operation.get("responses", {})
            if "application/json" in responses.get("422", {}).get("content", {}):  # the framework's own
                responses["422"] = _response(422, [INVALID_REQUEST])
            for response in responses.values():
                if MEDIA_TYPE in response.get("content", {}):
                    _refer(response["content"][MEDIA_TYPE], schemas)
    return made


def _response(status: int, kinds: Sequence[ProblemType]) -> dict[str, Any]:
    headers = {
        name: {**_HEADERS[name], "required": all(name in kind.headers for kind in kinds)}
        for kind in kinds
        for name in kind.headers
    }
    return {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": {"oneOf": [kind.schema for kind in kinds]}}},
        **({"headers": headers} if headers else {}),
    }


def _refer(content: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Move the schemas of `content` to `schemas`, and leave references."""
    addresses = {}
    for schema in content["schema"]["oneOf"]:
        schemas[schema["title"]] = schema
        addresses[schema["properties"]["type"]["const"]] = f"#/components/schemas/{schema['title']}"
    references = [{"$ref": address} for address in addresses.values()]
    if len(references) == 1:
        content["schema"] = references[0]
    else:
        content["schema"] = {
            "oneOf": references,
            "discriminator": {"propertyName": "type", "mapping": addresses},
        }
