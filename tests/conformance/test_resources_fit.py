"""NodeResourcesFit by what Kubernetes' own says of 5,000 nodes and pods, with the figures."""

from tests.conformance.recorded_scheduling import lines
from tierpolicies.capacity.model.features import features
from tierpolicies.capacity.model.node import read_node
from tierpolicies.capacity.model.pod import Pod, read_pod
from tierpolicies.capacity.scheduler.filters.resources_fit import shortages
from tierpolicies.capacity.scheduler.simulation import Scheduler
from tierpolicies.documents.view import View


def test_what_is_short_is_short_by_the_same_figures() -> None:
    version = features("1.34.1")
    wrong, count = [], 0
    for number, case in enumerate(lines("node-resources-fit_*.jsonl.gz")):
        count += 1
        node = read_node(View(case["node"]))
        running = [read_pod(View(each), version) for each in case["existing"]]
        pods = [Pod(each.name, each.template, node=node.name) for each in running]
        pods.append(read_pod(View(case["pod"]), version))
        scheduler = Scheduler([node], pods, features=version)
        found = sorted(
            f"{each.resource}:{each.requested}/{each.used}/{each.allocatable}"
            for each in shortages(scheduler.cluster, scheduler.template_of[-1], 0)
        )
        refusal = scheduler.assessment(scheduler.template_of[-1]).refusal(0)
        if found != sorted(case["real"]) or (refusal is None) != (not case["real"]):
            wrong.append((number, found, case["real"]))
    assert count > 0
    assert wrong == []
