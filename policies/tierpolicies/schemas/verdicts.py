"""What the schemas say of all objects of a check, told once for the several rules that share it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.nodes import Value
from tierpolicies.documents.yaml_source import pointer
from tierpolicies.engine.finding import Fault, Fix, Severity
from tierpolicies.schemas.bundle import bundle
from tierpolicies.schemas.catalog import Catalog
from tierpolicies.schemas.custom_resources import CustomResources
from tierpolicies.schemas.definitions import Definition
from tierpolicies.schemas.explanation import Told
from tierpolicies.schemas.validation import Validation


class Verdicts:
    """The faults of objects by the rule that tells of them."""

    def __init__(self, manifests: Iterable[Manifest], catalog: Catalog, versions: Sequence[str]) -> None:
        self._versions = versions
        self._by_rule: dict[str, list[Fault]] = defaultdict(list)
        own: list[tuple[Manifest, str]] = []
        others: list[tuple[Manifest, Definition]] = []
        for manifest in manifests:
            name = f"{manifest.subject.api_version}/{manifest.kind}"
            definition = catalog.definition(manifest) if name not in bundle().kinds else None
            if definition is not None:
                others.append((manifest, definition))
            elif name in bundle().kinds or name in bundle().custom:
                own.append((manifest, name))
            elif successor := bundle().successor(name):
                own.append((manifest, successor))
        validation = Validation({name for _, name in own}, versions=versions)
        for manifest, name in own:
            for invalid in validation.errors(name, _as(manifest, name)):
                self._add(manifest, invalid.told, invalid.versions)
        resources = CustomResources()
        for manifest, definition in others:
            for told in resources.errors(manifest, definition):
                self._add(manifest, told, ())

    def of(self, rule: str) -> Iterator[Fault]:
        """The faults that a rule of the family `schema` tells of."""
        yield from self._by_rule.get(rule, ())

    def _add(self, manifest: Manifest, told: Told, refusing: Sequence[str]) -> None:
        at = pointer(told.path)
        fault = Fault(
            f"{told.message}{self._where(refusing)}",
            manifest,
            at,
            key=told.key,
            detail=told.detail,
            severity=Severity(told.severity) if told.severity else None,
            fix=Fix(told.instead, pointer=at) if told.instead else None,
        )
        self._by_rule[told.rule].append(fault)

    def _where(self, refusing: Sequence[str]) -> str:
        """The refusing versions in brackets, runs of them as ranges; empty where all refuse."""
        if not refusing or len(refusing) == len(self._versions):
            return ""
        runs: list[list[str]] = []
        for version in self._versions:
            if version not in refusing:
                runs.append([])
            elif runs:
                runs[-1].append(version)
            else:
                runs.append([version])
        told = [run[0] if len(run) == 1 else f"{run[0]}\u2013{run[-1]}" for run in runs if run]
        return f" (Kubernetes {', '.join(told)})"


def _as(manifest: Manifest, name: str) -> Value:
    """The value of an object, told by the name of the kind whose schema it is held against."""
    api_version = name.rpartition("/")[0]
    if api_version == manifest.subject.api_version:
        return manifest.value
    return {**manifest.value, "apiVersion": api_version}
