from __future__ import annotations

import json

from tiered.manifest import Wave
from tiered.messaging.config import MESSAGING_KEY, MessagingConfig


def test_each_namespace_gets_the_same_document(chart, valid, topology):
    # WHEN
    config = MessagingConfig(chart, "messaging", topology=topology)
    # THEN
    [manifest] = chart.manifests
    valid(chart.manifests)
    assert (manifest.kind, manifest.namespace, manifest.name) == ("ConfigMap", "waste", config.name)
    assert manifest.metadata["annotations"]["argocd.argoproj.io/sync-wave"] == str(int(Wave.CONFIGURATION))
    assert json.loads(manifest.body["data"][MESSAGING_KEY]) == topology.document()
