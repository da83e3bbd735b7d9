"""At rest, and with autoscalers at their maximum."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from tierpolicies.capacity.proof.decision import Answer, Verdict
from tierpolicies.capacity.scenarios.part import Part, decided, is_good
from tierpolicies.capacity.scenarios.pod_sets import PodSet
from tierpolicies.capacity.scenarios.scenario import More, Scenario


def scenarios(parts: Sequence[Part]) -> Iterator[Scenario]:
    """At rest; each autoscaler at its maximum alone, and all together."""
    yield Scenario("rest", "at rest", tuple(parts), lambda part, more: part.rest(more))
    scaled = [each for part in parts for each in part.lasting() if each.is_scaled]
    for each in scaled:
        about = tuple(part for part in parts if each in part.sets)
        title = f"{each.name} at its maximum of {each.most}"
        yield _scenario(f"maximum:{each.name}", title, about, [each])
    if len(scaled) > 1:
        about = tuple(part for part in parts if any(each in part.sets for each in scaled))
        yield _scenario("maximum", "every autoscaler at its maximum", about, scaled)


def _scenario(name: str, title: str, about: tuple[Part, ...], scaled: Sequence[PodSet]) -> Scenario:
    counts = {each.key: each.most for each in scaled}

    def play(part: Part, more: More) -> Verdict:
        return grow(part, more, counts)

    return Scenario(
        name, title, about, play, may_grow=True, sets=tuple(each.key for each in scaled), counts=counts
    )


def grow(part: Part, more: More, counts: Mapping[str, int]) -> Verdict:
    """The verdict where pods come to those at rest until there are so many of some sets.

    Where the scheduler leaves some over with the others in their places, all are placed anew: what exists
    then exists on paper.
    """
    rest = part.rest(more)
    if not is_good(rest):
        return rest
    nodes = part.nodes(more)
    coming = [
        pod
        for each in part.lasting()
        for pod in each.pods(counts.get(each.key, each.replicas) - each.replicas, first=each.replicas)
    ]
    if rest.answer is Answer.FITS:
        verdict = decided(part.scheduler(nodes, [*part.resting(more), *coming]))
        if verdict.answer is Answer.FITS:
            return verdict
    _, anew = part.from_nothing(nodes, counts)
    return replace(anew, answer=Answer.ON_PAPER) if anew.answer is Answer.FITS else anew
