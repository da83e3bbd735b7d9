"""Random small problems, and a slow obvious answer to each: every sequence of placements is tried."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tierpolicies.capacity.model.affinity import PodTerm, PodTerms, Spread
from tierpolicies.capacity.model.node import HOST, ZONE, Node
from tierpolicies.capacity.model.pod import HostPort, Pod, Template
from tierpolicies.capacity.model.selectors import Requirement, Selector
from tierpolicies.capacity.model.tolerations import Toleration
from tierpolicies.platform import Taint

APPS = ("a", "b", "c")
State = tuple[tuple[int, ...], ...]
"""How many pods of each template are on each node."""


def problem(seed: int) -> tuple[list[Node], list[Pod]]:
    """Up to four nodes and up to six pods of up to three kinds, with what keeps them apart or together."""
    dice = random.Random(seed)
    zones = dice.choice((("z1",), ("z1", "z2"), ("z1", "z2")))
    nodes = [_node(dice, number, zones) for number in range(dice.randint(1, 4))]
    pods = []
    for app in APPS[: dice.randint(1, 3)]:
        template = _template(dice, app)
        pods += [Pod(f"{app}-{number}", template, workload=app) for number in range(dice.randint(1, 3))]
    return nodes, pods[:6]


def _node(dice: random.Random, number: int, zones: tuple[str, ...]) -> Node:
    labels = {HOST: f"n{number}", "disk": dice.choice(("ssd", "hdd"))}
    if dice.random() < 0.9:
        labels[ZONE] = dice.choice(zones)
    taints = (Taint("only", "x", "NoSchedule"),) if dice.random() < 0.15 else ()
    room = {"cpu": dice.choice((2, 3, 4)), "memory": dice.choice((2, 3, 4))}
    return Node(f"n{number}", room, pods=dice.choice((2, 3, 9)), labels=labels, taints=taints)


def _template(dice: random.Random, app: str) -> Template:
    request = {"cpu": dice.randint(0, 2), "memory": dice.randint(0, 2)}
    chance = dice.random

    def term() -> PodTerm:
        chosen = Selector((Requirement("app", "In", (dice.choice(APPS),)),))
        return PodTerm(chosen, dice.choice((HOST, ZONE)), ("default",))

    spreads: tuple[Spread, ...] = ()
    if chance() < 0.3:
        chosen = Selector((Requirement("app", "In", tuple(dice.sample(APPS, dice.randint(1, 2)))),))
        spreads = (
            Spread(
                dice.choice((HOST, ZONE)),
                dice.choice((1, 1, 2)),
                chosen,
                hard=True,
                min_domains=dice.choice((1, 1, 2)),
                honours_affinity=chance() < 0.7,
                honours_taints=chance() < 0.3,
            ),
        )
    terms = PodTerms(
        required=(term(),) if chance() < 0.25 else (),
        apart=(term(),) if chance() < 0.3 else (),
    )
    return Template(
        labels=(("app", app),),
        request=tuple((name, amount) for name, amount in sorted(request.items()) if amount),
        node_selector=(Requirement("disk", "In", ("ssd",)),) if chance() < 0.2 else (),
        tolerations=(Toleration("only", "Exists", "", ""),) if chance() < 0.5 else (),
        ports=(HostPort("0.0.0.0", "TCP", 80),) if chance() < 0.15 else (),  # noqa: S104 (as Kubernetes writes)
        spreads=spreads,
        terms=terms,
    )


def can_all_be_placed(nodes: list[Node], pods: list[Pod]) -> bool:
    """Whether some sequence of placements places every pod, each allowed when it is made."""
    templates = list(dict.fromkeys(pod.template for pod in pods))
    counts = tuple(sum(pod.template is template for pod in pods) for template in templates)
    start: State = tuple((0,) * len(templates) for _ in nodes)
    seen, edge = {start}, [start]
    while edge:
        state = edge.pop()
        placed = tuple(map(sum, zip(*state, strict=True)))
        if placed == counts:
            return True
        for kind, template in enumerate(templates):
            if placed[kind] == counts[kind]:
                continue
            for number in range(len(nodes)):
                if _allowed(nodes, templates, state, template, number):
                    after = tuple(
                        tuple(have + (place == number and other == kind) for other, have in enumerate(row))
                        for place, row in enumerate(state)
                    )
                    if after not in seen:
                        seen.add(after)
                        edge.append(after)
    return False


def replayed(nodes: list[Node], pods: list[Pod], order: list[tuple[int, str]]) -> bool:
    """Whether placements, pod by pod, are each allowed when they are made, and place every pod."""
    templates = list(dict.fromkeys(pod.template for pod in pods))
    state: State = tuple((0,) * len(templates) for _ in nodes)
    names = [node.name for node in nodes]
    for pod, name in order:
        number, kind = names.index(name), templates.index(pods[pod].template)
        if not _allowed(nodes, templates, state, templates[kind], number):
            return False
        state = tuple(
            tuple(have + (place == number and other == kind) for other, have in enumerate(row))
            for place, row in enumerate(state)
        )
    return len({pod for pod, _ in order}) == len(pods)


def _allowed(nodes: list[Node], templates: list[Template], state: State, pod: Template, at: int) -> bool:
    node, here = nodes[at], state[at]
    if sum(here) + 1 > node.pods or not _fits(node, templates, here, pod):
        return False
    if not _admits(pod, node) or not _tolerates(pod, node):
        return False
    if pod.ports and any(have and templates[kind].ports for kind, have in enumerate(here)):
        return False
    return _spread(nodes, templates, state, pod, at) and _affinity(nodes, templates, state, pod, at)


def _fits(node: Node, templates: list[Template], here: tuple[int, ...], pod: Template) -> bool:
    for name, amount in pod.request:
        used = sum(dict(each.request).get(name, 0) * have for each, have in zip(templates, here, strict=True))
        if used + amount > node.allocatable[name]:
            return False
    return True


def _admits(pod: Template, node: Node) -> bool:
    return all(node.labels.get(each.key) in each.values for each in pod.node_selector)


def _tolerates(pod: Template, node: Node) -> bool:
    return not node.taints or bool(pod.tolerations)


def _means(chosen: Selector | None, pod: Template) -> bool:
    (requirement,) = chosen.requirements if chosen is not None else ()
    return dict(pod.labels)["app"] in requirement.values


def _spread(nodes: list[Node], templates: list[Template], state: State, pod: Template, at: int) -> bool:
    for spread in pod.spreads:
        if spread.topology not in nodes[at].labels:
            return False
        counts: dict[str, int] = {}
        for node, row in zip(nodes, state, strict=True):
            honoured = (not spread.honours_affinity or _admits(pod, node)) and (
                not spread.honours_taints or _tolerates(pod, node)
            )
            if honoured and spread.topology in node.labels:
                value = node.labels[spread.topology]
                matching = sum(
                    have for kind, have in enumerate(row) if _means(spread.selector, templates[kind])
                )
                counts[value] = counts.get(value, 0) + matching
        least = min(counts.values(), default=-(10**6)) if len(counts) >= spread.min_domains else 0
        own = int(_means(spread.selector, pod))
        if counts.get(nodes[at].labels[spread.topology], 0) + own - least > spread.max_skew:
            return False
    return True


def _pods_in(
    nodes: list[Node], templates: list[Template], state: State, topology: str, at: int
) -> Iterator[Template]:
    """The pods in the same domain as a node."""
    for node, row in zip(nodes, state, strict=True):
        if topology in node.labels and node.labels[topology] == nodes[at].labels.get(topology):
            for kind, have in enumerate(row):
                if have:
                    yield templates[kind]


def _affinity(nodes: list[Node], templates: list[Template], state: State, pod: Template, at: int) -> bool:
    for term in pod.terms.required:
        if term.topology not in nodes[at].labels:
            return False
        near = any(
            _means(term.selector, each) for each in _pods_in(nodes, templates, state, term.topology, at)
        )
        anywhere = any(
            have and _means(term.selector, templates[kind]) and term.topology in node.labels
            for node, row in zip(nodes, state, strict=True)
            for kind, have in enumerate(row)
        )
        if not near and (anywhere or not _means(term.selector, pod)):
            return False
    for term in pod.terms.apart:
        if any(_means(term.selector, each) for each in _pods_in(nodes, templates, state, term.topology, at)):
            return False
    return not any(
        _means(term.selector, pod)
        for topology in (HOST, ZONE)
        for other in _pods_in(nodes, templates, state, topology, at)
        for term in other.terms.apart
        if term.topology == topology
    )
