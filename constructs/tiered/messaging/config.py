"""The apps' copy of the topology, one ConfigMap for each namespace that publishes or consumes."""

from __future__ import annotations

import json

from constructs import Construct

from tiered.component import Component
from tiered.manifest import Wave
from tiered.messaging.topology import Topology
from tiered.origin import Origin

MESSAGING_KEY = "messaging.json"


class MessagingConfig(Component):
    """A ConfigMap whose key `messaging.json` tells an app the names, limits and schedules of the queues.

    Args:
        name: of the ConfigMap.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        topology: Topology,
        name: str = "messaging",
        origin: Origin | None = None,
    ) -> None:
        super().__init__(scope, id, origin=origin)
        self.name = name
        self.document = json.dumps(topology.document(), indent=2, ensure_ascii=False) + "\n"
        self.add("v1", "ConfigMap", name, wave=Wave.CONFIGURATION, data={MESSAGING_KEY: self.document})
