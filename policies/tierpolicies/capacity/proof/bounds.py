"""Bounds that no placement can beat. Each is sound: where one is broken, nothing fits; the converse does
not hold."""

from collections.abc import Iterator, Sequence

from tierpolicies.capacity.model.node import HOST
from tierpolicies.capacity.proof.problem import Group, Problem
from tierpolicies.capacity.proof.reasons import Reason, amount, nodes_text, pods_text
from tierpolicies.capacity.scheduler.refusal import told


def broken(problem: Problem) -> Reason | None:
    """The plainest bound that is broken, if any: a pod alone, pods apart, then sums over sets of nodes."""
    for bound in (_no_node, _alone, _waiting, _apart, _sums, _sizes):
        found = min(bound(problem), key=lambda each: (len(each.pods), -each.least_pending), default=None)
        if found is not None:
            return found
    return None


def _no_node(problem: Problem) -> Iterator[Reason]:
    """Pods where there is no node at all."""
    if not problem.cluster.nodes and problem.groups:
        pods = _named(problem.groups)
        yield Reason(f"no node is left for {pods_text(pods)}", pods, problem.count)


def _alone(problem: Problem) -> Iterator[Reason]:
    """Pods that no node takes even with nothing else on it than what is there at first."""
    for group in problem.groups:
        if not group.nodes:
            assessment = problem.scheduler.assessment(group.template)
            refusals = [each for each in assessment.alone() if each is not None]
            sentence = f"no node can take a pod of {group.name}: {told(refusals, len(problem.cluster.nodes))}"
            yield Reason(sentence.removesuffix("."), ((group.name, group.count),), group.count, grows=False)


def _waiting(problem: Problem) -> Iterator[Reason]:
    """Pods that must be near to others, none of which can ever be first."""
    cluster = problem.cluster
    runs = {template for held in cluster.held for template in held}
    waiting = {}
    for group in problem.groups:
        meant = [cluster.meant(term) for term in cluster.templates[group.template].terms.required]
        if meant:
            waiting[group.template] = {
                number for number in range(len(cluster.templates)) if all(each[number] for each in meant)
            }
    placeable = runs | {each.template for each in problem.groups} - waiting.keys()
    is_growing = True
    while is_growing:
        found = {
            template for template, meant in waiting.items() if template in meant or meant & placeable
        } - placeable
        placeable |= found
        is_growing = bool(found)
    stuck = [each for each in problem.groups if each.template not in placeable]
    if stuck:
        names = pods_text(_named(stuck))
        sentence = f"{names} must be near to a pod that runs, and none of what they name can be there first"
        yield Reason(sentence, _named(stuck), sum(each.count for each in stuck), grows=False)


def _apart(problem: Problem) -> Iterator[Reason]:
    """Pods that keep from their own kind, by required anti-affinity or a port of the node."""
    cluster = problem.cluster
    for group in problem.groups:
        given = cluster.templates[group.template]
        topologies = [each.topology for each in given.terms.apart if cluster.meant(each)[group.template]]
        topologies += [HOST] if given.ports else []
        for topology in topologies:
            domain, _ = cluster.domains(topology)
            nodes = list(problem.bits(group.nodes))
            # A node without the label is no domain: there nothing keeps pods apart.
            if topology == HOST and given.ports:
                most = len(nodes)
            elif any(domain[node] < 0 for node in nodes):
                continue
            else:
                most = len({domain[node] for node in nodes})
            if group.count > most:
                unit = "node" if topology == HOST else topology
                sentence = (
                    f"{group.count} pods of {group.name} must each have a {unit} of their own, "
                    f"and there {'is' if most == 1 else 'are'} {most}: it takes {group.count} nodes"
                )
                yield Reason(sentence, ((group.name, group.count),), group.count - most)


def _sums(problem: Problem) -> Iterator[Reason]:
    """Requests of the pods that can go nowhere else, against what a set of nodes has left."""
    cluster = problem.cluster
    for mask in problem.node_sets():
        groups, nodes = problem.inside(mask), list(problem.bits(mask))
        names = [cluster.nodes[node].name for node in nodes]
        places = sum(cluster.places[node] for node in nodes)
        count = sum(each.count for each in groups)
        if count > places:
            sentence = f"{count} pods want a place on {nodes_text(names)}, where {places} more are taken"
            yield Reason(sentence, _named(groups), count - places, "pods")
        for number, resource in enumerate(cluster.resources):
            room = sum(cluster.free[node][number] for node in nodes)
            wanted = [(dict(cluster.needs[each.template]).get(number, 0), each) for each in groups]
            if sum(need * each.count for need, each in wanted) > room:
                yield _short(problem, resource, room, wanted, names)


def _short(
    problem: Problem, resource: str, room: int, wanted: Sequence[tuple[int, Group]], names: Sequence[str]
) -> Reason:
    """The fewest workloads that ask for too much together, the largest first."""
    by_share = sorted(wanted, key=lambda each: (-each[0] * each[1].count, each[1].name))
    chosen: list[Group] = []
    asked = 0
    for need, group in by_share:
        chosen.append(group)
        asked += need * group.count
        if asked > room:
            break
    total, least = sum(need * each.count for need, each in wanted), 0
    over = total - room
    for need, group in sorted(wanted, key=lambda each: -each[0]):
        if over <= 0 or not need:
            break
        gone = min(group.count, -(-over // need))
        over -= gone * need
        least += gone
    beside = " beside what every node carries" if any(problem.cluster.held) else ""
    sentence = (
        f"{pods_text(_named(chosen))} request {amount(resource, asked)}, "
        f"and {nodes_text(names)} can give {amount(resource, room)}{beside}: "
        f"{amount(resource, asked - room)} too much"
    )
    return Reason(sentence, _named(chosen), max(least, 1), resource)


def _sizes(problem: Problem) -> Iterator[Reason]:
    """Pods so large that only few of them fit on a node, whatever the sums say."""
    cluster = problem.cluster
    for mask in problem.node_sets():
        groups, nodes = problem.inside(mask), list(problem.bits(mask))
        names = [cluster.nodes[node].name for node in nodes]
        for number, resource in enumerate(cluster.resources):
            needs = [(dict(cluster.needs[each.template]).get(number, 0), each) for each in groups]
            for size in sorted({need for need, _ in needs if need}, reverse=True):
                large = [each for need, each in needs if need >= size]
                count = sum(each.count for each in large)
                most = sum(max(cluster.free[node][number], 0) // size for node in nodes)
                if count > most:
                    sentence = (
                        f"{pods_text(_named(large))} request at least {amount(resource, size)} each, and "
                        f"{nodes_text(names)} can take {most} of such pods"
                    )
                    yield Reason(sentence, _named(large), count - most, resource)


def _named(groups: Sequence[Group]) -> tuple[tuple[str, int], ...]:
    return tuple((each.name, each.count) for each in groups)
