"""What runs where: the state that filters and scores look at, kept up with each pod that comes or goes."""

from collections.abc import Callable, Mapping, Sequence

from tierpolicies.capacity.model.affinity import NO_TERMS, PodTerm
from tierpolicies.capacity.model.features import Features
from tierpolicies.capacity.model.node import HOST, Node
from tierpolicies.capacity.model.pod import Template
from tierpolicies.capacity.model.requests import CPU, MEMORY


class DomainCounter:
    """Pods of some templates in each domain of a topology, of the nodes that count.

    `domain` is the number of each node's domain, -1 for none.
    """

    __slots__ = ("counted", "counts", "domain", "total")

    def __init__(self, domain: list[int], size: int, counted: Sequence[bool] | None) -> None:
        self.domain = domain
        self.counts = [0] * size
        self.counted = counted
        self.total = 0

    def add(self, node: int, number: int) -> None:
        """Takes in pods that came to a node, or went from it."""
        domain = self.domain[node]
        if domain >= 0 and (self.counted is None or self.counted[node]):
            self.counts[domain] += number
            self.total += number


class Cluster:
    """Nodes, and the pods of some templates on them, all by number.

    `free` is what is left of each resource, in the order of `resources`; `changes` are the nodes in the order
    in which something came to them or went; `relating` are the templates with affinity terms. `namespaces`
    are the labels of the known namespaces.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        templates: Sequence[Template],
        features: Features,
        namespaces: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self.nodes = tuple(nodes)
        self.templates = tuple(templates)
        self.features = features
        self.namespaces = dict(namespaces or {})
        names = {name for template in self.templates for name, _ in template.request} | {CPU, MEMORY}
        self.resources = tuple(sorted(names))
        number = {name: index for index, name in enumerate(self.resources)}
        self.needs = [
            tuple((number[name], amount) for name, amount in each.request) for each in self.templates
        ]
        self.capacity = [[node.allocatable.get(name, 0) for name in self.resources] for node in self.nodes]
        self.free = [list(each) for each in self.capacity]
        self.places = [node.pods for node in self.nodes]
        self.scored = [[0, 0] for _ in self.nodes]
        self.held: list[dict[int, int]] = [{} for _ in self.nodes]
        self.ports: list[dict[tuple[str, int], list[str]]] = [{} for _ in self.nodes]
        self.volumes: list[dict[str, int]] = [{} for _ in self.nodes]
        self.exclusive: dict[str, int] = {}
        self.changes: list[int] = []
        self.relating = [number for number, each in enumerate(self.templates) if each.terms != NO_TERMS]
        self.node_number = {node.name: index for index, node in enumerate(self.nodes)}
        self._watching: list[list[DomainCounter]] = [[] for _ in self.templates]
        self._counters: dict[tuple[object, ...], DomainCounter] = {}
        self._labels = [dict(each.labels) for each in self.templates]
        self._domains: dict[str, tuple[list[int], int]] = {}
        self._admitted: dict[int, list[bool]] = {}

    def place(self, template: int, node: int, number: int = 1) -> None:
        """Takes in pods of a template that came to a node, or with a negative number went from it."""
        given, free = self.templates[template], self.free[node]
        for resource, amount in self.needs[template]:
            free[resource] -= amount * number
        self.places[node] -= number
        scored, held = self.scored[node], self.held[node]
        scored[0] += given.counted.cpu * number
        scored[1] += given.counted.memory * number
        held[template] = held.get(template, 0) + number
        if not held[template]:
            del held[template]
        if given.ports:
            self._take_ports(given, node, number)
        for volume in given.volumes:
            mounted = self.volumes[node]
            mounted[volume.claim] = mounted.get(volume.claim, 0) + number
            if not mounted[volume.claim]:
                del mounted[volume.claim]
            if volume.exclusive:
                self.exclusive[volume.claim] = self.exclusive.get(volume.claim, 0) + number
        for counter in self._watching[template]:
            counter.add(node, number)
        self.changes.append(node)

    def domains(self, topology: str) -> tuple[list[int], int]:
        """The number of each node's domain of a topology, -1 for none, and how many domains there are."""
        known = self._domains.get(topology)
        if known is None:
            values = [node.labels.get(topology) for node in self.nodes]
            order = {value: None for value in values if value is not None}
            numbers = {value: number for number, value in enumerate(order)}
            known = ([-1 if value is None else numbers[value] for value in values], len(numbers))
            self._domains[topology] = known
        return known

    def admitted(self, template: int) -> list[bool]:
        """Whether nodeSelector and required node affinity of a template allow each node."""
        known = self._admitted.get(template)
        if known is None:
            admits = self.templates[template].admits
            known = [admits(node.name, node.labels) for node in self.nodes]
            self._admitted[template] = known
        return known

    def meant(self, term: PodTerm) -> list[bool]:
        """Whether an affinity term means the pods of each template."""
        return [
            term.matches(each.namespace, labels, self.namespaces)
            for each, labels in zip(self.templates, self._labels, strict=True)
        ]

    def chosen(self, namespace: str, matches: Callable[[Mapping[str, str]], bool]) -> list[bool]:
        """Whether a selector matches the pods of each template, of one namespace."""
        return [
            each.namespace == namespace and matches(labels)
            for each, labels in zip(self.templates, self._labels, strict=True)
        ]

    def labels(self, template: int) -> dict[str, str]:
        """The labels of a template's pods."""
        return self._labels[template]

    def counter(
        self,
        key: tuple[object, ...],
        topology: str | None,
        templates: Callable[[], Sequence[bool]],
        counted: Callable[[], Sequence[bool]] | None = None,
    ) -> DomainCounter:
        """The counter of a name, made at first: of pods in each domain of a topology, or on each node that
        has the label of a host.

        `templates` says which templates' pods count, `counted` on which nodes; without it on all.
        """
        known = self._counters.get(key)
        if known is not None:
            return known
        if topology is None:
            domain = [number if HOST in node.labels else -1 for number, node in enumerate(self.nodes)]
            size = len(self.nodes)
        else:
            domain, size = self.domains(topology)
        counter = DomainCounter(domain, size, counted() if counted is not None else None)
        watched = templates()
        for template, is_watched in enumerate(watched):
            if is_watched:
                self._watching[template].append(counter)
        for node, held in enumerate(self.held):
            for template, number in held.items():
                if watched[template]:
                    counter.add(node, number)
        self._counters[key] = counter
        return counter

    def _take_ports(self, template: Template, node: int, number: int) -> None:
        taken = self.ports[node]
        for port in template.ports:
            addresses = taken.setdefault((port.protocol, port.port), [])
            for _ in range(abs(number)):
                if number > 0:
                    addresses.append(port.address)
                else:
                    addresses.remove(port.address)
