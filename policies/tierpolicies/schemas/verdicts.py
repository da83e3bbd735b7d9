"""What the schemas say of all objects of a check, told once for the several rules that share it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.yaml_source import pointer
from tierpolicies.engine.finding import Fault, Fix, Severity
from tierpolicies.schemas.bundle import bundle
from tierpolicies.schemas.catalog import Catalog
from tierpolicies.schemas.custom_resources import CustomResources
from tierpolicies.schemas.explanation import Told
from tierpolicies.schemas.validation import Validation


class Verdicts:
    """The faults of objects by the rule that tells of them."""

    def __init__(self, manifests: Iterable[Manifest], catalog: Catalog, versions: Sequence[str]) -> None:
        self._versions = versions
        self._by_rule: dict[str, list[Fault]] = defaultdict(list)
        known = [each for each in manifests if catalog.knows(each)]
        own = [each for each in known if f"{each.subject.api_version}/{each.kind}" in bundle().kinds]
        validation = Validation(own, versions=versions)
        for manifest in own:
            for invalid in validation.errors(manifest):
                self._add(manifest, invalid.told, invalid.versions)
        if len(own) < len(known):
            resources = CustomResources(catalog)
            for manifest in known:
                for told in resources.errors(manifest):
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
