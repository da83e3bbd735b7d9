"""PodTopologySpread: no domain may have more matching pods than the emptiest one and the skew.

Source: pkg/scheduler/framework/plugins/podtopologyspread/filtering.go. Domains are those of nodes that carry
every topology key of the hard constraints and that the inclusion policies admit; with fewer of them than
minDomains the emptiest counts as empty.
"""

from collections.abc import Callable, Sequence

from tierpolicies.capacity.model.affinity import Spread
from tierpolicies.capacity.model.tolerations import untolerated
from tierpolicies.capacity.scheduler.cluster import Cluster, DomainCounter
from tierpolicies.capacity.scheduler.refusal import Refusal

PLUGIN = "PodTopologySpread"
_REASON = "node(s) didn't match pod topology spread constraints"
_REFUSED = Refusal((_REASON,), PLUGIN)
_NO_LABEL = Refusal((f"{_REASON} (missing required label)",), PLUGIN, hopeless=True)


def for_template(cluster: Cluster, template: int) -> Callable[[], Callable[[int], Refusal | None]] | None:
    """The filter; none for pods without a hard constraint."""
    hard = [each for each in cluster.templates[template].spreads if each.hard]
    if not hard:
        return None
    constraints = [_Constraint(cluster, template, each, hard) for each in hard]

    def prepare() -> Callable[[int], Refusal | None]:
        checks = [(each.counter.domain, each.full()) for each in constraints]

        def check(node: int) -> Refusal | None:
            for domain, full in checks:
                if domain[node] < 0:
                    return _NO_LABEL
                if full[domain[node]]:
                    return _REFUSED
            return None

        return check

    return prepare


def counting(
    cluster: Cluster, template: int, spread: Spread, topologies: Sequence[str]
) -> tuple[Callable[[], list[bool]], Callable[[], list[bool]]]:
    """Which templates' pods a constraint counts, and on which nodes.

    `topologies` are the keys that a node must carry all.
    """
    given = cluster.templates[template]

    def templates() -> list[bool]:
        chosen = spread.selector
        if chosen is None or not chosen.requirements:
            return [False] * len(cluster.templates)
        return cluster.chosen(given.namespace, chosen.matches)

    def nodes() -> list[bool]:
        admitted = cluster.admitted(template)
        return [
            all(topology in node.labels for topology in topologies)
            and (not spread.honours_affinity or admitted[index])
            and (not spread.honours_taints or untolerated(node.taints, given.tolerations) is None)
            for index, node in enumerate(cluster.nodes)
        ]

    return templates, nodes


def gains(cluster: Cluster, template: int, came: int) -> bool:
    """Whether a pod that came may help one that a spread constraint keeps pending."""
    given, other = cluster.templates[template], cluster.templates[came]
    if given.namespace != other.namespace:
        return False
    labels = cluster.labels(came)
    hard = (each.selector for each in given.spreads if each.hard)
    return any(each is not None and each.matches(labels) for each in hard)


class _Constraint:
    """A hard constraint of a template, with the pods that it counts."""

    def __init__(self, cluster: Cluster, template: int, spread: Spread, hard: Sequence[Spread]) -> None:
        topologies = [each.topology for each in hard]
        templates, nodes = counting(cluster, template, spread, topologies)
        key = ("spread", template, hard.index(spread))
        self.counter: DomainCounter = cluster.counter(key, spread.topology, templates, nodes)
        domain, counted = self.counter.domain, self.counter.counted or ()
        self.domains = sorted({domain[node] for node, is_counted in enumerate(counted) if is_counted})
        labels = cluster.labels(template)
        self.own = int(spread.selector is not None and spread.selector.matches(labels))
        self.max_skew = spread.max_skew
        self.is_short = len(self.domains) < spread.min_domains

    def full(self) -> list[bool]:
        """Whether each domain has as many pods as it may have."""
        counts = self.counter.counts
        if self.is_short:
            least = 0
        elif self.domains:
            least = min(counts[each] for each in self.domains)
        else:
            return [False] * len(counts)
        most = self.max_skew + least - self.own
        return [count > most for count in counts]
