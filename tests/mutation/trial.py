"""A tree of manifests in which one object at a time is spoilt, and what the rules then find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from tests.mutation.operator import Object, Operator
from tierpolicies.documents.contents import in_memory
from tierpolicies.documents.manifest import Manifest, manifest_of
from tierpolicies.documents.reader import Tree, read_files
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Finding, Severity
from tierpolicies.engine.registry import rule_names
from tierpolicies.engine.run import run
from tierpolicies.platform import Platform

TODAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Mutant:
    """An object with a mistake; no value is the mistake of leaving it out."""

    operator: Operator
    manifest: Manifest
    value: Object | None

    def __str__(self) -> str:
        return f"{self.operator.name}: {self.manifest.subject}"


@dataclass(frozen=True)
class Trial:
    """The manifests of one environment, by file, and its platform."""

    files: Mapping[str, bytes]
    platform: Platform

    @cached_property
    def tree(self) -> Tree:
        return read_files(self.files)

    def mutants(self, operator: Operator) -> list[Mutant]:
        return [
            Mutant(operator, manifest, value)
            for manifest in self.tree.manifests
            for value in operator.mutate(manifest.value)
        ]

    def failing(self, tree: Tree, rules: tuple[str, ...] = ()) -> dict[str, Finding]:
        """Errors and warnings by their fingerprints, of all rules or of some."""
        settings = replace(self.platform.settings, select=rules)
        context = Context(tree, self.platform, TODAY, self._versions, settings, rule_names())
        found = run(context, contents=in_memory(self.files))
        return {
            each.fingerprint: each for each in found if each.severity is not Severity.NOTE and not each.waived
        }

    def new(self, mutant: Mutant, rules: tuple[str, ...] = ()) -> list[Finding]:
        """What the rules find of a mutant that they did not find before."""
        before = self._before(rules)
        return [
            each for name, each in self.failing(self._spoilt(mutant), rules).items() if name not in before
        ]

    def _before(self, rules: tuple[str, ...]) -> frozenset[str]:
        if rules not in self._known:
            self._known[rules] = frozenset(self.failing(self.tree, rules))
        return self._known[rules]

    @cached_property
    def _known(self) -> dict[tuple[str, ...], frozenset[str]]:
        return {}

    @cached_property
    def _versions(self) -> tuple[str, ...]:
        from tierpolicies.schemas.bundle import bundle

        versions = bundle().versions
        return versions[versions.index(self.platform.kubernetes) :]

    def _spoilt(self, mutant: Mutant) -> Tree:
        original = mutant.manifest
        others = [each for each in self.tree.manifests if each is not original]
        if mutant.value is not None:
            others.append(manifest_of(mutant.value, original.source, original.base))
        return replace(self.tree, manifests=tuple(others))
