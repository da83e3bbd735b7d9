"""What a version of Kubernetes counts and says: the feature gates that are on by default, and its words.

Source: pkg/features/kube_features.go, and the messages of the plugins in pkg/scheduler/framework/plugins.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

NEWEST = (1, 37)


@dataclass(frozen=True, slots=True)
class Features:
    """A minor version of Kubernetes, by what differs between versions."""

    version: tuple[int, int] = NEWEST

    @property
    def sidecars(self) -> bool:
        """Whether init containers that restart run beside the others (SidecarContainers)."""
        return self.version >= (1, 29)

    @property
    def pod_level_resources(self) -> bool:
        """Whether `spec.resources` of a pod counts (PodLevelResources)."""
        return self.version >= (1, 34)

    @property
    def spread_policies(self) -> bool:
        """Whether nodeAffinityPolicy and nodeTaintsPolicy count (NodeInclusionPolicyInPodTopologySpread)."""
        return self.version >= (1, 26)

    @property
    def spread_label_keys(self) -> bool:
        """Whether matchLabelKeys and minDomains of a spread constraint count."""
        return self.version >= (1, 27)

    @property
    def affinity_label_keys(self) -> bool:
        """Whether matchLabelKeys and mismatchLabelKeys of an affinity term count."""
        return self.version >= (1, 31)

    @property
    def names_taints(self) -> bool:
        """Whether a message names the taint that keeps a pod away."""
        return self.version < (1, 35)

    @property
    def claims_first(self) -> bool:
        """Whether claims of devices are looked at before preemption, and the message says so."""
        return self.version >= (1, 34)

    @property
    def knows_hopeless(self) -> bool:
        """Whether a request beyond the whole node is told apart from one that preemption could help."""
        return self.version >= (1, 31)

    @property
    def scores_improvement(self) -> bool:
        """Whether NodeResourcesBalancedAllocation compares a node with and without the pod."""
        return self.version >= (1, 35)

    @property
    def skips_best_effort(self) -> bool:
        """Whether NodeResourcesBalancedAllocation leaves out pods that request nothing."""
        return self.version >= (1, 33)


@lru_cache(maxsize=64)
def features(version: str | None) -> Features:
    """The features of a version such as `1.28` or `v1.36.2`; of the newest known where none is given."""
    match = re.match(r"v?(\d+)\.(\d+)", version or "")
    return Features((int(match[1]), int(match[2]))) if match else Features()
