"""The rules that see one object alone: each object, pod and container is made once for all of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from tierpolicies.documents.manifest import Manifest, Subject
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault
from tierpolicies.engine.registry import Active, load_rule
from tierpolicies.engine.workload import Container, Pod

CRASHED = "input/rule-crashed"

Found = tuple[Active, Fault]


class LocalRules:
    """The local ones of some rules, by what they are called with."""

    def __init__(self, rules: Sequence[Active]) -> None:
        self._of_any = [each for each in rules if each.rule.each is Manifest and not each.rule.kinds]
        self._of_kind: dict[str, list[Active]] = defaultdict(list)
        for active in rules:
            for kind in active.rule.kinds:
                self._of_kind[kind].append(active)
        self._of_pods = [each for each in rules if each.rule.each is Pod]
        self._of_containers = [each for each in rules if each.rule.each is Container]

    def found(self, context: Context) -> Iterator[Found]:
        """What they find in all objects."""
        for manifest in context.index.manifests:
            for active in (*self._of_kind.get(manifest.kind, ()), *self._of_any):
                yield from faults_of(active, manifest, manifest.subject)
        for workload in context.index.workloads:
            yield from self._in(workload.own)

    def _in(self, pod: Pod) -> Iterator[Found]:
        subject = pod.manifest.subject
        for active in self._of_pods:
            yield from faults_of(active, pod, subject)
        for container in pod.containers:
            for active in self._of_containers:
                yield from faults_of(active, container, subject)


def faults_of(active: Active, about: object, subject: Subject) -> Iterator[Found]:
    """What a rule says of something; a crash is a finding of its own about the subject."""
    check: Callable[..., Iterable[Fault]] = active.rule.check
    try:
        for fault in check(about) if active.parameters is None else check(about, active.parameters):
            if fault.manifest is None or not fault.manifest.damaged:
                yield active, fault
    except Exception as error:
        yield crash(active, error, subject)


def crash(active: Active, error: Exception, subject: Subject | None) -> Found:
    """What is told of a rule that crashed on something."""
    message = f"the rule {active.name} crashed: {type(error).__name__}: {error}"
    crashed = load_rule(CRASHED)
    fault = Fault(message, subject=subject, detail=active.name)
    return Active(crashed, crashed.name, crashed.severity), fault
