"""InterPodAffinity: pods that a pod must be near to, or keep away from, and those that keep away from it.

Source: pkg/scheduler/framework/plugins/interpodaffinity/filtering.go. The first pod of a series with
affinity to itself goes anywhere, as long as no pod anywhere is meant by all its terms.
"""

from collections.abc import Callable

from tierpolicies.capacity.scheduler.cluster import Cluster, DomainCounter
from tierpolicies.capacity.scheduler.refusal import Refusal

PLUGIN = "InterPodAffinity"
_NOT_NEAR = Refusal(("node(s) didn't match pod affinity rules",), PLUGIN, hopeless=True)
_TOO_NEAR = Refusal(("node(s) didn't match pod anti-affinity rules",), PLUGIN)
_UNWELCOME = Refusal(("node(s) didn't satisfy existing pods anti-affinity rules",), PLUGIN)


def for_template(cluster: Cluster, template: int) -> Callable[[], Callable[[int], Refusal | None]] | None:
    """The filter; none for pods without required terms that no others' terms keep away."""
    terms = cluster.templates[template].terms
    near = [_near(cluster, template, each.topology) for each in terms.required]
    apart = [_apart(cluster, template, index) for index in range(len(terms.apart))]
    unwelcome = _unwelcome(cluster, template)
    if not near and not apart and not unwelcome:
        return None
    means_itself = near and _meant_by_all(cluster, template)[template]

    def prepare() -> Callable[[int], Refusal | None]:
        # What counts is whether any of the terms' topologies holds such a pod.
        is_first = means_itself and not any(each.total for each in near)

        def check(node: int) -> Refusal | None:
            for counter in near:
                domain = counter.domain[node]
                if domain < 0 or not (is_first or counter.counts[domain]):
                    return _NOT_NEAR
            for counters, refused in ((apart, _TOO_NEAR), (unwelcome, _UNWELCOME)):
                for counter in counters:
                    domain = counter.domain[node]
                    if domain >= 0 and counter.counts[domain]:
                        return refused
            return None

        return check

    return prepare


def gains(cluster: Cluster, template: int, came: int) -> bool:
    """Whether a pod that came may help one that its affinity keeps pending."""
    return bool(cluster.templates[template].terms.required) and _meant_by_all(cluster, template)[came]


def owners(cluster: Cluster, owner: int, topology: str) -> DomainCounter:
    """How many pods of a template are in each domain."""
    return cluster.counter(
        ("pods of", owner, topology),
        topology,
        lambda: [each == owner for each in range(len(cluster.templates))],
    )


def _meant_by_all(cluster: Cluster, template: int) -> list[bool]:
    meant = [cluster.meant(term) for term in cluster.templates[template].terms.required]
    return [all(each) for each in zip(*meant, strict=True)]


def _near(cluster: Cluster, template: int, topology: str) -> DomainCounter:
    return cluster.counter(("near", template, topology), topology, lambda: _meant_by_all(cluster, template))


def _apart(cluster: Cluster, template: int, index: int) -> DomainCounter:
    term = cluster.templates[template].terms.apart[index]
    return cluster.counter(("apart", term), term.topology, lambda: cluster.meant(term))


def _unwelcome(cluster: Cluster, template: int) -> list[DomainCounter]:
    """Where pods are whose required anti-affinity means a template's pods."""
    given, labels = cluster.templates[template], cluster.labels(template)
    return [
        owners(cluster, owner, term.topology)
        for owner in cluster.relating
        for term in cluster.templates[owner].terms.apart
        if term.matches(given.namespace, labels, cluster.namespaces)
    ]
