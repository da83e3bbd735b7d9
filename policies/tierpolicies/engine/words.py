"""The words that a namespace's objects use for its pods and Services, to tell a misspelt one.

Where a chart makes the pods nobody can say that a selector matches none. But what is written once,
and is but a letter off what others write, is not another name.
"""

from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.external_metrics import charts
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.ingress import backends
from tierpolicies.engine.misspelling import misspelt, odd_one

_NAME = "kubernetes.io/metadata.name"


class Words:
    """How often each name or label value stands in the objects of each namespace."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def meant(self, namespace: str, word: str) -> str | None:
        """What a word is a misspelling of: it stands there once, the other more than once."""
        counted = self._counted.get(namespace or DEFAULT_NAMESPACE, Counter())
        if counted[word] > 1:
            return None
        found = misspelt(word, [each for each, count in counted.items() if count > 1])
        found = found or odd_one(word, counted)
        return None if found is None or {f"{found}s", f"{word}s"} & {word, found} else found

    @cached_property
    def _counted(self) -> dict[str, Counter[str]]:
        counted: dict[str, Counter[str]] = {}
        for namespace, word in (*_of_policies(self._index), *_of_others(self._index)):
            if word:
                counted.setdefault(namespace or DEFAULT_NAMESPACE, Counter())[word] += 1
        return counted


def _of_policies(index: Index) -> Iterator[tuple[str, str]]:
    for policy in index.of_kind("NetworkPolicy"):
        spec = policy.view["spec"]
        for name in _parts(policy.name):
            yield from ((policy.namespace, name), (policy.namespace, name))
        yield from ((policy.namespace, value) for value in _values(spec["podSelector"]))
        for direction, side in (("ingress", "from"), ("egress", "to")):
            for entry in spec[direction]:
                for peer in entry[side]:
                    where = peer["namespaceSelector"]
                    home = where.at("matchLabels", _NAME).text if where else policy.namespace
                    yield from ((home, value) for value in _values(peer["podSelector"]) if home)


def _parts(name: str) -> Iterator[str]:
    """A name and each end of it: a policy `stack-grafana` is about what is called grafana."""
    while name:
        yield name
        name = name.partition("-")[2]


def _of_others(index: Index) -> Iterator[tuple[str, str]]:
    for backend in backends(index):
        yield backend.ingress.namespace, backend.name.text
    for chart in charts(index):
        yield chart.namespace, chart.name.text
        yield chart.namespace, _release(chart.manifest)
    for manifest in index.of_kind("Service", "ServiceAccount", "Ingress", "HorizontalPodAutoscaler"):
        yield manifest.namespace, manifest.name
    for workload in index.workloads:
        yield workload.manifest.namespace, workload.manifest.name


def _release(application: Manifest) -> str:
    spec = application.view["spec"]
    return spec.at("source", "helm", "releaseName").text or application.name


def _values(selector: View) -> Iterator[str]:
    yield from selector["matchLabels"].labels.values()
