"""Which workloads are asked for something, by a Service or on ports of theirs, and who guards them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.context import Context
from tierpolicies.engine.index import Index
from tierpolicies.engine.selector import unmet
from tierpolicies.engine.workload import Container, Pod, Workload
from tierpolicies.workloads.rollout import SCALED, scaled


def services(index: Index) -> Mapping[int, list[Manifest]]:
    """The Services that send to each workload, by the identity of the workload's manifest."""
    found: dict[int, list[Manifest]] = defaultdict(list)
    for service in index.of_kind("Service"):
        selector = service.view["spec"]["selector"].labels
        if selector:
            for workload in index.selected(service.namespace, selector):
                found[id(workload.manifest)].append(service)
    return found


def declares_ports(pod: Pod) -> bool:
    """Whether a container that runs declares a port."""
    return any(True for container in pod.running for _ in container["ports"])


def unprobed(index: Index, probe: str) -> Iterator[tuple[Container, str]]:
    """The first container of each pod that is asked for something without a probe, and who asks.

    Where it is known to which containers a Service sends, a probe of one beside them says nothing.
    """
    senders = services(index)
    for workload in index.workloads:
        pod = workload.own
        sending = senders.get(id(workload.manifest), ())
        running = list(pod.running)
        asked = [each for each in running if any(_sends(service, each) for service in sending)] or running
        if pod.finishes or not asked or any(each[probe] for each in asked):
            continue
        if sending:
            yield _asked(asked), f"the Service {sending[0].name} sends to the pods"
        elif declares_ports(pod):
            yield _asked(asked), "the pods have ports"


def _sends(service: Manifest, container: Container) -> bool:
    """Whether a port of the Service is one that the container declares, for others than who scrapes it."""
    ports = [port for port in container["ports"] if "metrics" not in port["name"].text]
    names = {port["name"].text for port in ports} - {""}
    numbers = {port["containerPort"].integer for port in ports} - {None}
    for port in service.view["spec"]["ports"]:
        target = port["targetPort"] or port["port"]
        if target.text in names or target.integer in numbers:
            return True
    return False


def _asked(containers: Sequence[Container]) -> Container:
    """The container that is probably asked: the first with ports."""
    return next((each for each in containers if each["ports"]), containers[0])


def unguarded(context: Context) -> Iterator[tuple[Workload, str]]:
    """The workloads that no PodDisruptionBudget is for, and the budget elsewhere that would be.

    Where a workload or a budget does not write its namespace it may get any.
    """
    index = context.index
    guarded: set[int] = set()
    budgets = list(index.of_kind("PodDisruptionBudget"))
    for budget in budgets:
        matched = index.matched(budget.namespace, budget.view["spec"]["selector"])
        guarded.update(id(each.manifest) for each in matched)
    for workload in scaled(context):
        if workload.manifest.kind not in SCALED or id(workload.manifest) in guarded:
            continue
        elsewhere = next((each for each in budgets if _means(each, workload)), None)
        if elsewhere is None:
            yield workload, ""
        elif elsewhere.namespace and workload.manifest.namespace:
            yield workload, f"; {elsewhere.name} is in the namespace {elsewhere.namespace}"


def _means(budget: Manifest, workload: Workload) -> bool:
    """Whether a budget would be for some pods, were it in their namespace."""
    selector = budget.view["spec"]["selector"]
    return bool(selector.mapping) and not any(unmet(selector, workload.labels))
