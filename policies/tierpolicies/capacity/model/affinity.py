"""What a pod wants of other pods near it: affinity terms and topology spread constraints.

Source: core/v1 PodAffinityTerm, pkg/scheduler/framework AffinityTerm, and pkg/apis/core/v1 defaults. Labels
named by matchLabelKeys join the selector with the pod's own values, as the API server merges them.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tierpolicies.capacity.model.features import Features
from tierpolicies.capacity.model.selectors import Requirement, Selector, selector
from tierpolicies.documents.view import View

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
NAMESPACE_NAME = "kubernetes.io/metadata.name"


class PodTerm(NamedTuple):
    """A term of pod affinity or anti-affinity: pods of some namespaces with some labels, in a topology.

    A weight of 0 stands for a required term. `namespace_selector` adds the namespaces that it matches.
    """

    selector: Selector | None
    topology: str
    namespaces: tuple[str, ...]
    namespace_selector: Selector | None = None
    weight: int = 0

    def matches(
        self, namespace: str, labels: Mapping[str, str], namespaces: Mapping[str, Mapping[str, str]]
    ) -> bool:
        """Whether it means a pod; `namespaces` are the labels of the known ones."""
        if self.selector is None:
            return False
        if namespace not in self.namespaces:
            if self.namespace_selector is None:
                return False
            known = namespaces.get(namespace, {NAMESPACE_NAME: namespace})
            if not self.namespace_selector.matches(known):
                return False
        return self.selector.matches(labels)


class Spread(NamedTuple):
    """A topology spread constraint; `hard` keeps a pod pending, else it only counts in scoring."""

    topology: str
    max_skew: int
    selector: Selector | None
    hard: bool
    min_domains: int = 1
    honours_affinity: bool = True
    honours_taints: bool = False


class PodTerms(NamedTuple):
    """All affinity terms of a pod."""

    required: tuple[PodTerm, ...] = ()
    preferred: tuple[PodTerm, ...] = ()
    apart: tuple[PodTerm, ...] = ()
    rather_apart: tuple[PodTerm, ...] = ()


NO_TERMS = PodTerms()


def pod_terms(pod: View, namespace: str, labels: Mapping[str, str], features: Features) -> PodTerms:
    """The affinity and anti-affinity of a pod's spec."""
    affinity = pod["affinity"]
    near, apart = affinity["podAffinity"], affinity["podAntiAffinity"]
    if not near and not apart:
        return NO_TERMS

    def term(view: View, weight: int = 0) -> PodTerm:
        namespaces = tuple(each.text for each in view["namespaces"])
        by_labels = selector(view["namespaceSelector"])
        if not namespaces and by_labels is None:
            namespaces = (namespace,)
        chosen = selector(view["labelSelector"])
        if features.affinity_label_keys and chosen is not None:
            chosen = _merged(chosen, view, labels)
        return PodTerm(chosen, view["topologyKey"].text, namespaces, by_labels, weight)

    def weighted(view: View) -> Iterator[PodTerm]:
        for each in view[_PREFERRED]:
            weight = each["weight"].integer or 0
            if weight:
                yield term(each["podAffinityTerm"], weight)

    return PodTerms(
        tuple(term(each) for each in near[_REQUIRED]),
        tuple(weighted(near)),
        tuple(term(each) for each in apart[_REQUIRED]),
        tuple(weighted(apart)),
    )


def spreads(pod: View, labels: Mapping[str, str], features: Features) -> tuple[Spread, ...]:
    """The topology spread constraints of a pod's spec."""
    found = []
    for view in pod["topologySpreadConstraints"]:
        chosen = selector(view["labelSelector"])
        least = 1
        if features.spread_label_keys:
            least = view["minDomains"].integer or 1
            if chosen is not None:
                chosen = _merged(chosen, view, labels)
        policies = features.spread_policies
        found.append(
            Spread(
                topology=view["topologyKey"].text,
                max_skew=view["maxSkew"].integer or 1,
                selector=chosen,
                hard=view["whenUnsatisfiable"].text != "ScheduleAnyway",
                min_domains=least,
                honours_affinity=not policies or view["nodeAffinityPolicy"].text != "Ignore",
                honours_taints=policies and view["nodeTaintsPolicy"].text == "Honor",
            )
        )
    return tuple(found)


def _merged(chosen: Selector, view: View, labels: Mapping[str, str]) -> Selector:
    further = [
        Requirement(key.text, operator, (labels[key.text],))
        for field, operator in (("matchLabelKeys", "In"), ("mismatchLabelKeys", "NotIn"))
        for key in view[field]
        if key.text in labels
    ]
    return Selector((*chosen.requirements, *further)) if further else chosen
