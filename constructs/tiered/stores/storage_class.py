"""A class of volumes: who makes them, of what kind, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from constructs import Construct

from tiered.component import Component
from tiered.manifest import Wave
from tiered.origin import Origin

DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"


class StorageClass(Component):
    """Volumes that are made where their first pod is placed, and that can grow.

    Args:
        name: of the class.
        provisioner: for example `ebs.csi.aws.com`.
        parameters: understood by the provisioner; values are strings.
        encrypted: adds the parameter `encrypted`, in the spelling of the EBS driver.
        default: for claims that name no class.
        reclaim_policy: Retain keeps a volume whose claim was deleted, by mistake or not.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        name: str,
        provisioner: str,
        parameters: Mapping[str, str] | None = None,
        encrypted: bool = False,
        default: bool = False,
        reclaim_policy: Literal["Retain", "Delete"] = "Retain",
        origin: Origin | None = None,
    ) -> None:
        super().__init__(scope, id, origin=origin)
        self.name = name
        all_parameters = {**(parameters or {}), **({"encrypted": "true"} if encrypted else {})}
        body = self.add(
            "storage.k8s.io/v1",
            "StorageClass",
            name,
            wave=Wave.CLUSTER,
            cluster_scoped=True,
            annotations={DEFAULT_CLASS: "true"} if default else None,
            provisioner=provisioner,
            reclaimPolicy=reclaim_policy,
            volumeBindingMode="WaitForFirstConsumer",
            allowVolumeExpansion=True,
        )
        if all_parameters:
            body["parameters"] = all_parameters
