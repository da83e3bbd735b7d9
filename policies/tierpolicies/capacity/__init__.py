"""Does it fit, and when does it not? A prover for pods and nodes that can be used alone.

    from tierpolicies.capacity import Scheduler, decide, features, read_node, read_pod

    version = features("1.34")
    nodes = [read_node(View(each)) for each in node_objects]
    pods = [read_pod(View(each), version) for each in pod_objects]
    outcome = Scheduler(nodes, pods, features=version).run(seed=0)   # what kube-scheduler does
    verdict = decide(Scheduler(nodes, pods, features=version))       # what can be done, and why not

`model` holds pods and nodes as integers, `scheduler` the filters and scores of kube-scheduler, one a file,
`proof` bounds, packing and exact search, `scenarios` what happens to a platform, `money` what it costs.
Nothing here reads a file, keeps a global state or asks a clock: the same input gives the same answer.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tierpolicies.capacity.model.features import Features, features
    from tierpolicies.capacity.model.node import Node, read_node
    from tierpolicies.capacity.model.pod import Pod, Template, read_pod, read_template
    from tierpolicies.capacity.model.requests import ModelError
    from tierpolicies.capacity.proof.decision import Answer, Verdict, decide
    from tierpolicies.capacity.proof.reasons import Reason
    from tierpolicies.capacity.scheduler.simulation import Outcome, Scheduler

__all__ = [
    # What is placed, and where
    "Features", "features", "Node", "read_node", "Pod", "Template", "read_pod", "read_template", "ModelError",
    # What the scheduler does
    "Scheduler", "Outcome",
    # What can be done
    "decide", "Verdict", "Answer", "Reason",
]  # fmt: skip

_HOMES = {
    "model.features": ("Features", "features"),
    "model.node": ("Node", "read_node"),
    "model.pod": ("Pod", "Template", "read_pod", "read_template"),
    "model.requests": ("ModelError",),
    "proof.decision": ("Answer", "Verdict", "decide"),
    "proof.reasons": ("Reason",),
    "scheduler.simulation": ("Outcome", "Scheduler"),
}


def __getattr__(name: str) -> object:
    """The public names, imported when they are asked for: a check of a small tree needs none of them."""
    for home, names in _HOMES.items():
        if name in names:
            found: object = getattr(import_module(f"{__name__}.{home}"), name)
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
