"""To whom workloads are open that no manifest shows."""

from __future__ import annotations

from tests.tierpolicies.network.written import DB, WEB, index, pod, policy
from tierpolicies.network.analysis.exposure import ExposedNetwork
from tierpolicies.network.notation.lines import connection_lines, exposure_lines


def test_names_of_ports_stay_names_for_pods_that_may_come() -> None:
    to = "{to: [{namespaceSelector: {}}], ports: [{port: http}]}"
    rule = f"{{podSelector: {{matchLabels: {{app: web}}}}, policyTypes: [Egress], egress: [{to}]}}"
    network = ExposedNetwork(
        index(pod("web"), pod("db", ports="[{name: http, containerPort: 81}]"), policy(rule))
    )
    told = [each.split() for each in exposure_lines(network)]
    assert [WEB, "=>", "entire-cluster", ":", "TCP", "http"] in told
    assert f"{WEB} => {DB} : TCP 81" in list(connection_lines(network.space, network.connections()))
