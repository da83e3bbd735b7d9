"""The ConfigMaps and Secrets that pods and other objects name."""

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.index import Index
from tierpolicies.engine.placeholders import has_placeholder
from tierpolicies.engine.workload import Pod


class Reference(NamedTuple):
    """A name of a ConfigMap or Secret, and the key of it that is wanted, where one is.

    `reader` says what needs it, such as `the volume settings`; `is_again` that the pod has named it
    before, with another key or without one.
    """

    kind: str
    manifest: Manifest
    name: View
    key: View | None
    reader: str
    is_again: bool = False


class References:
    """What the objects of a tree name that must be there: references marked optional are left out."""

    def __init__(self, index: Index) -> None:
        self._index = index

    @cached_property
    def config_maps(self) -> tuple[Reference, ...]:
        """Where ConfigMaps are named."""
        return tuple(each for each in self._of_pods if each.kind == "ConfigMap")

    @cached_property
    def secrets(self) -> tuple[Reference, ...]:
        """Where Secrets are named."""
        of_pods = (each for each in self._of_pods if each.kind == "Secret")
        return (*of_pods, *_of_service_accounts(self._index))

    @cached_property
    def _of_pods(self) -> tuple[Reference, ...]:
        return tuple(each for workload in self._index.workloads for each in _told_once(_in_pod(workload.own)))


def _told_once(references: Iterator[Reference]) -> Iterator[Reference]:
    """The references of a pod, those marked that name again what another one names."""
    seen: set[tuple[str, str]] = set()
    for each in references:
        what = (each.kind, each.name.text)
        yield each._replace(is_again=True) if what in seen else each
        seen.add(what)


def _in_pod(pod: Pod) -> Iterator[Reference]:
    for container in pod.containers:
        yield from _in_environment(pod, container.view)
    for volume in pod.spec["volumes"]:
        reader = f"the volume {volume['name'].text}"
        for source, field in ((volume["configMap"], "name"), (volume["secret"], "secretName")):
            yield from _in_files(pod, source, field, reader)
        for projected in volume.at("projected", "sources"):
            for source in (projected["configMap"], projected["secret"]):
                yield from _in_files(pod, source, "name", reader)
    yield from _pull_secrets(pod.manifest, pod.spec["imagePullSecrets"])


def _in_environment(pod: Pod, container: View) -> Iterator[Reference]:
    name = container["name"].text
    for variable in _that_have(container["env"], "valueFrom"):
        reader = f"the variable {variable['name'].text} of {name}"
        for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            source = variable["valueFrom"][field]
            if _is_needed(source, "name"):
                yield Reference(kind, pod.manifest, source["name"], source["key"], reader)
    for entry in container["envFrom"]:
        for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            if _is_needed(entry[field], "name"):
                yield Reference(kind, pod.manifest, entry[field]["name"], None, f"the container {name}")


def _in_files(pod: Pod, source: View, field: str, reader: str) -> Iterator[Reference]:
    if not _is_needed(source, field):
        return
    kind = "ConfigMap" if source.path[-1] == "configMap" else "Secret"
    yield Reference(kind, pod.manifest, source[field], None, reader)
    for item in source["items"]:
        if item["key"].text:
            yield Reference(kind, pod.manifest, source[field], item["key"], reader)


def _of_service_accounts(index: Index) -> Iterator[Reference]:
    for account in index.of_kind("ServiceAccount"):
        yield from _pull_secrets(account, account.view["imagePullSecrets"])


def _pull_secrets(manifest: Manifest, secrets: View) -> Iterator[Reference]:
    for entry in secrets:
        if entry["name"].text:
            yield Reference("Secret", manifest, entry["name"], None, "the pull of its images")


def _that_have(items: View, field: str) -> Iterator[View]:
    """The items of a list with a field; most variables have plain values and cost nothing."""
    if isinstance(items.value, list):
        for position, item in enumerate(items.value):
            if isinstance(item, dict) and field in item:
                yield items[position]


def _is_needed(source: View, field: str) -> bool:
    """Whether a source names something that must be there, in a text that nothing else fills in."""
    name = source[field].text
    return bool(name) and source["optional"].value is not True and not has_placeholder(name)
