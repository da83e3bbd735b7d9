"""Placements by rule of thumb: node by node, always the pod that uses best what is left there.

The rule is the dot product of what a pod asks for and what the node has left, each resource weighed by how
scarce it is (Panigrahy et al., Heuristics for Vector Bin Packing, 2011). What finds no place then is helped
by moving one other pod away.
"""

from random import Random

from tierpolicies.capacity.proof.problem import Problem

Placements = list[tuple[int, int]]


def pack(problem: Problem, *, seed: int) -> tuple[Placements, int]:
    """Placements in an order in which each is feasible, and how many pods are left over.

    The cluster is as it was afterwards. Another seed weighs resources a little otherwise.
    """
    run = _Packing(problem, Random(seed))  # noqa: S311 (nothing secret hangs on it)
    run.place_chains()
    run.fill_nodes()
    run.repair()
    placements, left = run.placements(), sum(run.left.values())
    for template, node in placements:
        problem.cluster.place(template, node, -1)
    return placements, left


class _Packing:
    def __init__(self, problem: Problem, dice: Random) -> None:
        self.problem = problem
        self.cluster = problem.cluster
        self.left = {each.template: each.count for each in problem.groups}
        self._first: Placements = []
        self._placed: list[dict[int, int]] = [{} for _ in self.cluster.nodes]
        self._allowed = {each.template: each.nodes for each in problem.groups}
        self._jitter = [dice.uniform(0.8, 1.25) for _ in self.cluster.resources]
        self._dice = dice

    def placements(self) -> Placements:
        """The chains' placements in their order, then all others."""
        return self._first + [
            (template, node)
            for node, placed in enumerate(self._placed)
            for template, count in placed.items()
            for _ in range(count)
        ]

    def place_chains(self) -> None:
        """Places pods that hang on an order as the scheduler would, in turns until nothing moves."""
        for chain in self.problem.chains:
            is_moving = True
            while is_moving:
                is_moving = False
                for template in chain:
                    best = self.problem.scheduler.assessment(template).best() if self.left[template] else []
                    if best:
                        node = self._dice.choice(best)
                        self.cluster.place(template, node)
                        self._first.append((template, node))
                        self.left[template] -= 1
                        is_moving = True

    def fill_nodes(self) -> None:
        """Fills one node after the other, those that the fewest may use first."""
        users = [0] * len(self.cluster.nodes)
        for mask in self._allowed.values():
            for node in self.problem.bits(mask):
                users[node] += 1
        for node in sorted(range(len(users)), key=lambda each: (users[each], each)):
            self._fill(node)

    def repair(self) -> None:
        """Moves one pod away where that makes room for one that is left over."""
        for template in self._free():
            while self.left[template] and self._make_room(template):
                self.left[template] -= 1

    def _free(self) -> list[int]:
        return [each for each in self.left if self.left[each] and each not in self.problem.bound]

    def _fill(self, node: int) -> None:
        cluster, scarcity = self.cluster, self._scarcity()
        here = {
            template: self.problem.scheduler.assessment(template)
            for template in self._free()
            if self._allowed[template] >> node & 1
        }
        while here:
            free = cluster.free[node]
            weights = [weight * left for weight, left in zip(scarcity, free, strict=True)]

            def use(template: int, weights: list[float] = weights) -> float:
                return sum([weights[resource] * amount for resource, amount in cluster.needs[template]])

            template = max(here, key=use)
            if here[template].refusal(node) is not None:
                del here[template]
                continue
            self._put(template, node)
            self.left[template] -= 1
            if not self.left[template]:
                del here[template]

    def _scarcity(self) -> list[float]:
        """How much of what is left of each resource is wanted, to the scale of the resource itself."""
        cluster = self.cluster
        wanted = [0] * len(cluster.resources)
        for template, count in self.left.items():
            for resource, amount in cluster.needs[template]:
                wanted[resource] += amount * count
        found = []
        for resource, amount in enumerate(wanted):
            room = sum(each[resource] for each in cluster.free)
            most = max((each[resource] for each in cluster.capacity), default=0) or 1
            found.append(self._jitter[resource] * amount / max(room, 1) / most / most)
        return found

    def _put(self, template: int, node: int) -> None:
        self.cluster.place(template, node)
        placed = self._placed[node]
        placed[template] = placed.get(template, 0) + 1

    def _take(self, template: int, node: int) -> None:
        self.cluster.place(template, node, -1)
        placed = self._placed[node]
        placed[template] -= 1
        if not placed[template]:
            del placed[template]

    def _make_room(self, template: int) -> bool:
        assess = self.problem.scheduler.assessment
        for node in self.problem.bits(self._allowed[template]):
            for other in list(self._placed[node]):
                if other == template:
                    continue
                self._take(other, node)
                if assess(template).refusal(node) is None:
                    self._put(template, node)
                    home = self._home(other)
                    if home is not None:
                        self._put(other, home)
                        return True
                    self._take(template, node)
                self._put(other, node)
        return False

    def _home(self, template: int) -> int | None:
        """The fullest node that takes a pod."""
        feasible = self.problem.scheduler.assessment(template).feasible()
        return min(feasible, key=lambda each: (sum(self.cluster.free[each]), each), default=None)
