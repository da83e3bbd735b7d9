"""The same question to OR-Tools, which is optional: a second opinion, and an oracle for tests.

Integers count the pods of each group on each node. What hangs on an order (required affinity, hard spread
constraints) is no matter of counts, and left open.
"""

from ortools.sat.python import cp_model

from tierpolicies.capacity.proof.problem import Problem
from tierpolicies.capacity.proof.search import Found


def solve(problem: Problem, *, seconds: float = 60.0) -> Found:
    """A placement, the proof that there is none, or neither within so many seconds of the clock."""
    if problem.chains:
        return Found(None, gave_up=True)
    model = cp_model.CpModel()
    counts = _counts(problem, model)
    _rooms(problem, model, counts)
    _apart(problem, model, counts)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return Found(None)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Found(None, gave_up=True)
    return Found(tuple(key for key, count in counts.items() for _ in range(solver.value(count))))


def _counts(problem: Problem, model: cp_model.CpModel) -> dict[tuple[int, int], cp_model.IntVar]:
    """How many pods of a template go to a node; all pods of a group go somewhere."""
    counts = {}
    for group in problem.groups:
        nodes = list(problem.bits(group.nodes))
        for node in nodes:
            name = f"{group.template} on {node}"
            counts[group.template, node] = model.new_int_var(0, group.count, name)
        model.add(sum(counts[group.template, node] for node in nodes) == group.count)
    return counts


def _rooms(problem: Problem, model: cp_model.CpModel, counts: dict[tuple[int, int], cp_model.IntVar]) -> None:
    """What pods take of each resource, each place and each port of a node is there."""
    cluster = problem.cluster
    for node in range(len(cluster.nodes)):
        here = {template: count for (template, at), count in counts.items() if at == node}
        model.add(sum(here.values()) <= max(cluster.places[node], 0))
        for resource in range(len(cluster.resources)):
            asked = sum(dict(cluster.needs[each]).get(resource, 0) * count for each, count in here.items())
            model.add(asked <= max(cluster.free[node][resource], 0))
        ports: dict[tuple[str, int], list[cp_model.IntVar]] = {}
        for template, count in here.items():
            for port in cluster.templates[template].ports:
                ports.setdefault((port.protocol, port.port), []).append(count)
        for taking in ports.values():
            model.add(sum(taking) <= 1)


def _apart(problem: Problem, model: cp_model.CpModel, counts: dict[tuple[int, int], cp_model.IntVar]) -> None:
    """Pods that keep others away share no domain with them."""
    cluster = problem.cluster
    for owner, given in enumerate(cluster.templates):
        for term in given.terms.apart:
            domain, size = cluster.domains(term.topology)
            meant = cluster.meant(term)
            for place in range(size):
                nodes = [node for node, each in enumerate(domain) if each == place]
                own, others = _in(counts, nodes, {owner}), _in(counts, nodes, _others(meant, owner))
                running = sum(cluster.held[node].get(owner, 0) for node in nodes)
                meant_running = sum(
                    number for node in nodes for each, number in cluster.held[node].items() if meant[each]
                )
                if meant[owner]:
                    model.add(sum(own) <= (0 if meant_running or running else 1))
                if running:
                    model.add(sum(others) == 0)
                if meant_running:
                    model.add(sum(own) == 0)
                if own and others:
                    is_owners = model.new_bool_var(f"{owner} keeps {term.topology} {place}")
                    model.add(sum(own) == 0).only_enforce_if(is_owners.negated())
                    model.add(sum(others) == 0).only_enforce_if(is_owners)


def _others(meant: list[bool], owner: int) -> set[int]:
    return {number for number, is_meant in enumerate(meant) if is_meant and number != owner}


def _in(
    counts: dict[tuple[int, int], cp_model.IntVar], nodes: list[int], templates: set[int]
) -> list[cp_model.IntVar]:
    return [count for (template, node), count in counts.items() if node in nodes and template in templates]
