"""Every HTTP service of dist/prod as a process, and the operations that its OpenAPI document names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx2

from tests.apps.services import Service
from tests.servers import manifests

SERVICES = sorted(
    each["metadata"]["name"]
    for each in manifests.documents("Deployment")
    if manifests.pod("Deployment", each["metadata"]["name"])["containers"][0].get("command", [])[:1]
    == ["uvicorn"]
)
"""Every Deployment that serves HTTP."""

_METHODS = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}


@dataclass(frozen=True)
class Operation:
    """A method and a path of a service, as its OpenAPI document describes them."""

    service: Service
    method: str
    path: str
    described: Mapping[str, Any]
    schemas: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def protected(self) -> bool:
        """Whether a token is asked for."""
        return bool(self.described.get("security"))

    @property
    def owned(self) -> bool:
        """Whether its path names something that belongs to somebody."""
        return self.protected and "{" in self.path

    def ask(
        self, headers: Mapping[str, str] | list[tuple[str, str | bytes]], values: Mapping[str, str]
    ) -> httpx2.Response:
        """A request that is right in all but what the test makes of it.

        Args:
            values: For parameters that have no example, by name.
        """
        told: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}}
        for parameter in self.described.get("parameters", []):
            name, place = parameter["name"], parameter["in"]
            if name in values:
                told[place][name] = values[name]
            elif parameter.get("required"):
                told[place][name] = self._example(parameter["schema"], f"parameter {name}")
        body = {}
        if "requestBody" in self.described:
            schema = self.described["requestBody"]["content"]["application/json"]["schema"]
            body = {"json": self._example(schema, "body")}
        pairs = list(headers.items()) if isinstance(headers, Mapping) else headers
        return self.service.http.request(
            self.method,
            self.path.format(**told["path"]),
            params=told["query"],
            headers=[*told["header"].items(), *pairs],
            **body,
        )

    def _example(self, schema: Mapping[str, Any], place: str) -> Any:
        """What the document gives as an example."""
        if "$ref" in schema:
            schema = self.schemas[schema["$ref"].rpartition("/")[2]]
        for word in ("examples", "enum"):
            if schema.get(word):
                return schema[word][0]
        if schema.get("anyOf"):
            return self._example(schema["anyOf"][0], place)
        if "properties" in schema:
            return {
                name: self._example(inner, f"{place}.{name}") for name, inner in schema["properties"].items()
            }
        known: dict[str, Any] = {"boolean": True, "integer": schema.get("minimum", 1)}
        assert schema.get("type") in known, f"{self}: its document gives no example of {place}: {schema}"
        return known[schema["type"]]


class Platform:
    """The services, all started.

    Args:
        environment: What a Deployment's container is told here, over its manifest's variables.
    """

    def __init__(self, environment: Callable[[str, dict[str, Any]], dict[str, str]], folder: Path) -> None:
        self.services: dict[str, Service] = {}
        try:
            for name in SERVICES:
                container = manifests.pod("Deployment", name)["containers"][0]
                self.services[name] = Service(name, environment(name, container), folder=folder)
        except BaseException:
            self.close()
            raise

    def document(self, name: str) -> dict[str, Any]:
        """The service's OpenAPI document."""
        answer = self.services[name].http.get(document_path(name))
        assert answer.status_code == 200, f"{name} shows no OpenAPI document: {answer.text}"
        return dict(answer.json())

    @cached_property
    def operations(self) -> list[Operation]:
        """All of all services."""
        return [operation for name in self.services for operation in self._operations(name)]

    @property
    def protected(self) -> list[Operation]:
        """Those that ask for a token."""
        return [each for each in self.operations if each.protected]

    def close(self) -> None:
        for service in self.services.values():
            service.close()

    def _operations(self, name: str) -> Iterator[Operation]:
        document = self.document(name)
        for path, described in document["paths"].items():
            for method in _METHODS & described.keys():
                yield Operation(
                    service=self.services[name],
                    method=method.upper(),
                    path=path,
                    described=described[method],
                    schemas=document["components"]["schemas"],
                )


def document_path(name: str) -> str:
    """Where a service shows its OpenAPI document."""
    return f"/api/v1/{name.removesuffix('-service')}/openapi.json"
