from __future__ import annotations

from typing import cast

import cdk8s

from tiered.chart import Chart
from tiered.manifest import Manifest
from tiered.stores.storage_class import DEFAULT_CLASS, StorageClass


def annotations_of(manifest: Manifest) -> dict[str, str]:
    return cast("dict[str, str]", manifest.metadata["annotations"])


def test_a_class_makes_encrypted_volumes_where_the_first_pod_is(valid):
    # GIVEN
    chart = Chart(cdk8s.Testing.app(), "cluster")
    # WHEN
    StorageClass(
        chart,
        "gp3",
        name="gp3",
        provisioner="ebs.csi.aws.com",
        parameters={"type": "gp3"},
        encrypted=True,
        default=True,
    )
    # THEN
    [manifest] = chart.manifests
    valid([manifest])
    assert manifest.namespace is None
    assert annotations_of(manifest)[DEFAULT_CLASS] == "true"
    assert manifest.body["parameters"] == {"type": "gp3", "encrypted": "true"}
    assert manifest.body["volumeBindingMode"] == "WaitForFirstConsumer"
    assert manifest.body["reclaimPolicy"] == "Retain"
    assert manifest.body["allowVolumeExpansion"] is True


def test_a_local_class_has_no_parameters(valid):
    chart = Chart(cdk8s.Testing.app(), "cluster")

    StorageClass(chart, "s", name="local", provisioner="rancher.io/local-path", reclaim_policy="Delete")

    [manifest] = chart.manifests
    valid([manifest])
    assert "parameters" not in manifest.body
    assert DEFAULT_CLASS not in annotations_of(manifest)
