"""PodDisruptionBudgets: how many of which pods a drain must leave."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tierpolicies.capacity.scenarios.pod_sets import PodSet
from tierpolicies.documents.view import View
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.selector import unmet

_PERCENTAGE = re.compile(r"(\d{1,9})%")


@dataclass(frozen=True, slots=True)
class Budget:
    """A budget over some sets of pods, by their keys.

    `least` is what minAvailable says, `most` what maxUnavailable says.
    """

    name: str
    sets: frozenset[str]
    least: View
    most: View

    def healthy(self, counts: Mapping[str, int]) -> int:
        """How many of the pods must run, of so many that there should be of each set.

        Percentages round up (pkg/controller/disruption getExpectedScale); without either, one may go.
        """
        expected = sum(counts.get(key, 0) for key in self.sets)
        if self.least:
            return _share(self.least, expected)
        return max(expected - (_share(self.most, expected) if self.most else 1), 0)


def budgets(index: Index, sets: Sequence[PodSet]) -> Iterator[Budget]:
    """The budgets of a tree, with the sets that each guards."""
    for manifest in index.of_kind("PodDisruptionBudget"):
        selector = manifest.view.at("spec", "selector")
        home = manifest.namespace or DEFAULT_NAMESPACE
        guarded = frozenset(
            each.key
            for each in sets
            if each.workload is not None
            and each.template.namespace == home
            and isinstance(selector.value, dict)
            and not any(unmet(selector, each.workload.labels))
        )
        spec = manifest.view["spec"]
        yield Budget(manifest.name, guarded, spec["minAvailable"], spec["maxUnavailable"])


def _share(amount: View, expected: int) -> int:
    match = _PERCENTAGE.fullmatch(amount.text)
    if match is not None:
        return -(-expected * int(match[1]) // 100)
    return max(amount.integer or 0, 0)
