"""cdk8s constructs for tiered platforms on Kubernetes.

Every name below is loaded when it is first used: whoever needs only the emitter or the
quantities never starts Node, which `import cdk8s` does.
"""

from __future__ import annotations

from importlib import import_module

_HOME = {
    "Chart": "tiered.chart",
    "Component": "tiered.component",
    "Container": "tiered.workloads.container",
    "Manifest": "tiered.manifest",
    "Placement": "tiered.workloads.pod",
    "Pod": "tiered.workloads.pod",
    "Resources": "tiered.workloads.container",
    "TieredError": "tiered.errors",
    "Variable": "tiered.workloads.container",
    "Volume": "tiered.workloads.container",
    "Wave": "tiered.manifest",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'tiered' has no attribute {name!r}")
    return getattr(import_module(home), name)
