"""The network prover: who may reach whom, exactly, and why. Of use alone:

    network = Network(Index(read(Path("deploy")).manifests))
    for source, destination, ports in network.connections():
        print(source.name, destination.name, network.space.text(ports))

`Network.connections` tells every connected pair, `allowed` one pair's ports, `explained` why; `changes`
compares two networks. `ExposedNetwork` adds the pods that may come, and tells `exposures`. `mistakes` tells
what the API would refuse of a policy: that much of it admits nobody, and the rest holds.

Importing this package is cheap; its parts are imported when they are first used.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tierpolicies.documents.reader import read
    from tierpolicies.engine.index import Index
    from tierpolicies.network.analysis.difference import Change, changes
    from tierpolicies.network.analysis.explanation import Explained, explained
    from tierpolicies.network.analysis.exposure import ExposedNetwork, Exposure
    from tierpolicies.network.analysis.network import Connection, Network
    from tierpolicies.network.policies.mistakes import Mistake, mistakes

__all__ = [
    "read", "Index",
    "Network", "Connection", "explained", "Explained",
    "ExposedNetwork", "Exposure",
    "changes", "Change",
    "mistakes", "Mistake",
]  # fmt: skip

_HOMES = {
    "read": "documents.reader",
    "Index": "engine.index",
    "Network": "network.analysis.network",
    "Connection": "network.analysis.network",
    "explained": "network.analysis.explanation",
    "Explained": "network.analysis.explanation",
    "ExposedNetwork": "network.analysis.exposure",
    "Exposure": "network.analysis.exposure",
    "changes": "network.analysis.difference",
    "Change": "network.analysis.difference",
    "mistakes": "network.policies.mistakes",
    "Mistake": "network.policies.mistakes",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 (an import of a leaf pays for nothing)

    return getattr(import_module(f"tierpolicies.{_HOMES[name]}"), name)
