"""What a kubelet makes of a pod's template: variables, expansions and files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.manifests import ManifestError, Manifests, Object

_REFERENCE = re.compile(r"\$\$|\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")


@dataclass
class Context:
    """What a pod can refer to.

    Attributes:
        owner: How messages name the workload.
        secrets: The Secrets by namespace and name, as External Secrets makes them.
        token: Makes the token of the pod's ServiceAccount for an audience.
        fields: What the downward API tells, by its field path.
    """

    owner: str
    namespace: str
    pod: str
    manifests: Manifests
    secrets: Mapping[tuple[str, str], Mapping[str, str]]
    token: Callable[[str], str]
    fields: dict[str, str] = field(default_factory=dict)

    def data(self, kind: str, name: str, *, optional: bool = False) -> Mapping[str, str] | None:
        """What a ConfigMap or Secret holds; None where an optional one is absent."""
        if kind == "Secret":
            found = self.secrets.get((self.namespace, name))
            if found is None and not optional:
                message = f"{self.owner} names Secret {self.namespace}/{name}, which no ExternalSecret makes"
                raise ManifestError(message)
            return found
        try:
            return dict(self.manifests.get(kind, self.namespace, name, asked_by=self.owner)["data"])
        except ManifestError:
            if optional:
                return None
            raise


def variables(container: Object, context: Context) -> dict[str, str]:
    """The container's environment, its references resolved and expanded in order.

    Raises:
        ManifestError: a reference leads nowhere; the pod would stay in CreateContainerConfigError.
    """
    result: dict[str, str] = {}
    for source in container.get("envFrom", []):
        for kind, key in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
            if reference := source.get(key):
                data = context.data(kind, reference["name"], optional=reference.get("optional", False))
                result |= {source.get("prefix", "") + name: value for name, value in (data or {}).items()}
    for each in container.get("env", []):
        value = _value(each, context)
        if value is not None:
            result[each["name"]] = expanded(value, result)
    return result


def expanded(text: str, known: Mapping[str, str]) -> str:
    """`text` with $(NAME) replaced where NAME is known, and $$ read as a single $."""

    def one(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        return known.get(match[1], match[0])

    return _REFERENCE.sub(one, text)


def _value(variable: Mapping[str, Any], context: Context) -> str | None:
    origin = variable.get("valueFrom")
    if origin is None:
        return str(variable.get("value", ""))
    where = f"{context.owner}: variable {variable['name']}"
    for kind, key in (("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")):
        if reference := origin.get(key):
            optional = reference.get("optional", False)
            data = context.data(kind, reference["name"], optional=optional) or {}
            if reference["key"] in data:
                return data[reference["key"]]
            if optional:
                return None
            message = (
                f"{where} takes key {reference['key']!r} of {kind} {reference['name']}, which has only"
                f" {sorted(data)}"
            )
            raise ManifestError(message)
    path = origin.get("fieldRef", {}).get("fieldPath")
    if path in context.fields:
        return context.fields[path]
    message = f"{where} is taken from {origin}, which these tests do not know"
    raise ManifestError(message)


def mount(spec: Object, container: Object, context: Context, root: Path) -> dict[str, Path]:
    """Write the pod's volumes below `root` at their mount paths.

    Returns:
        The folder of each mount path.
    """
    volumes = {each["name"]: each for each in spec.get("volumes", [])}
    mounts: dict[str, Path] = {}
    for each in container.get("volumeMounts", []):
        where = f"{context.owner}: mount {each['mountPath']}"
        if each["name"] not in volumes or "subPath" in each:
            message = f"{where} is of no volume, or of a part of one, which these tests do not know"
            raise ManifestError(message)
        folder = root / each["mountPath"].lstrip("/")
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in _files(volumes[each["name"]], context, where).items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            file.chmod(0o440)
        mounts[each["mountPath"].rstrip("/")] = folder
    return mounts


def _files(volume: Mapping[str, Any], context: Context, where: str) -> dict[str, str]:
    sources: list[Mapping[str, Any]]
    if "emptyDir" in volume:
        return {}
    sources = volume["projected"]["sources"] if "projected" in volume else [volume]
    files: dict[str, str] = {}
    for source in sources:
        if token := source.get("serviceAccountToken"):
            files[token["path"]] = context.token(token["audience"])
        elif reference := source.get("secret"):
            name = reference.get("secretName", reference.get("name"))
            files |= _items(context, "Secret", name, reference, where)
        elif reference := source.get("configMap"):
            files |= _items(context, "ConfigMap", reference["name"], reference, where)
        else:
            message = f"{where}: these tests do not know the volume {dict(source)}"
            raise ManifestError(message)
    return files


def _items(
    context: Context, kind: str, name: str, reference: Mapping[str, Any], where: str
) -> dict[str, str]:
    data = context.data(kind, name, optional=reference.get("optional", False)) or {}
    items = reference.get("items")
    if items is None:
        return dict(data)
    for item in items:
        if item["key"] not in data:
            message = f"{where} shows key {item['key']!r} of {kind} {name}, which has only {sorted(data)}"
            raise ManifestError(message)
    return {item["path"]: data[item["key"]] for item in items}
