"""Jobs, each beside everything that runs at rest."""

from collections.abc import Callable, Iterator, Sequence

from tierpolicies.capacity.proof.decision import Verdict
from tierpolicies.capacity.scenarios.part import Part, decided, is_good
from tierpolicies.capacity.scenarios.pod_sets import PodSet
from tierpolicies.capacity.scenarios.scenario import More, Scenario


def scenarios(parts: Sequence[Part]) -> Iterator[Scenario]:
    """Each Job and CronJob alone."""
    for part in parts:
        for each in part.sets:
            if each.finishes:
                name = f"job:{each.name}"
                yield Scenario(name, f"job {each.name}", (part,), _beside(each), sets=(each.key,))


def _beside(each: PodSet) -> Callable[[Part, More], Verdict]:
    def play(part: Part, more: More) -> Verdict:
        rest = part.rest(more)
        if not is_good(rest):
            return rest
        pods = [*part.resting(more), *each.pods(max(each.replicas, 1))]
        return decided(part.scheduler(part.nodes(more), pods))

    return play
