"""The written policies against the declared flows: exactly these pass, and nothing written is needless."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence

import pytest

from tests.tierwright.letter.letter import Edit, Generated, Parsed, errors, findings
from tests.tierwright.letter.test_network import as_the_owner_wrote_it
from tierpolicies.documents.manifest import Manifest, manifest_of
from tierpolicies.documents.reader import read_files
from tierpolicies.engine.index import Index
from tierpolicies.network.intent.intent import Flow, Intent, flows
from tierpolicies.network.intent.proof import blocked, needless, undeclared
from tierpolicies.network.policies.policy import SIDES
from tierpolicies.report.model import Report

Tamper = Callable[[str, Edit], Report]
BROKER = "NetworkPolicy/messaging/storage-isolation"


def read(shipped: Generated) -> tuple[list[Manifest], tuple[Flow, ...]]:
    files = {file: held for file, held in shipped.files.items() if file.endswith(".yaml")}
    return list(read_files(files).manifests), flows(shipped.files["index.json"])


@pytest.fixture(params=["prod", "dev"])
def shipped(request: pytest.FixtureRequest) -> Generated:
    made: Generated = request.getfixturevalue(f"shipped_{request.param}")
    return made


def test_exactly_the_declared_flows_pass(shipped: Generated) -> None:
    manifests, declared = read(shipped)
    intent = Intent(Index(manifests), declared)
    assert declared
    assert [flow for flow, *ends, _ in intent.declared() if 0 in ends] == []
    assert list(blocked(intent)) == []
    assert list(undeclared(intent)) == []
    assert list(needless(intent)) == []


def parts(policy: Parsed) -> Iterator[tuple[Sequence[str | int], int]]:
    """Where in a policy's spec something can be taken out: each rule, peer and port, in both directions."""
    for field, side in SIDES.values():
        for number, rule in enumerate(policy["spec"].get(field, [])):
            yield (field,), number
            for key in (side, "ports"):
                for item in range(len(rule[key]) if len(rule[key]) > 1 else 0):
                    yield (field, number, key), item


def test_without_any_rule_peer_or_port_a_declared_flow_is_blocked(shipped: Generated) -> None:
    manifests, declared = read(shipped)
    idle, count = [], 0
    for number, manifest in enumerate(manifests):
        if manifest.kind != "NetworkPolicy":
            continue
        for path, at in parts(manifest.value):
            value = copy.deepcopy(manifest.value)
            holder: Parsed = value["spec"]
            for step in path:
                holder = holder[step]
            del holder[at]
            changed = [*manifests[:number], manifest_of(value, manifest.source), *manifests[number + 1 :]]
            count += 1
            if not any(blocked(Intent(Index(changed), declared))):
                idle.append(f"{manifest.namespace}/{manifest.name} {path} {at}")
    assert count > 100
    assert idle == []


def test_without_any_policy_the_flows_pass_and_nothing_is_closed(shipped_prod: Generated) -> None:
    manifests, declared = read(shipped_prod)
    intent = Intent(Index(each for each in manifests if each.kind != "NetworkPolicy"), declared)
    assert list(blocked(intent)) == []
    assert all(block.ports == intent.network.space.full for block in intent.network.blocks)


@pytest.mark.parametrize(
    "told",
    [
        ("default/celery-beat", "publishes or consumes", "messaging/rabbitmq", "TCP 5672"),
        ("messaging/dlq-collector", "publishes or consumes", "messaging/rabbitmq", "TCP 5672"),
        ("messaging/rabbitmq", "forms a cluster", "TCP 4369,25672"),
        ("monitoring/prometheus", "scrapes", "messaging/rabbitmq", "TCP 15692"),
    ],
)
def test_the_owners_fence_is_told_flow_by_flow(tamper: Tamper, told: tuple[str, ...]) -> None:
    messages = errors(tamper(BROKER, as_the_owner_wrote_it), "network/blocked-flow")
    fenced = [each for each in messages if "storage-isolation does not admit it: its ingress lacks" in each]
    assert any(all(each in message for each in told) for message in fenced), messages
    assert not any("waste/ai-worker" in each for each in messages)


def test_a_blocked_flow_names_the_line_that_declares_it(tamper: Tamper) -> None:
    found = findings(tamper(BROKER, as_the_owner_wrote_it), "network/blocked-flow")
    (beat,) = (each for each in found if each.message.startswith("default/celery-beat"))
    assert beat.source is not None
    assert beat.source.file == "apps/beat/app.yaml"


def test_without_namespace_selectors_every_client_elsewhere_is_shut_out(tamper: Tamper) -> None:
    """A podSelector alone means the policy's own namespace."""

    def forget(policy: Parsed) -> None:
        for rule in policy["spec"]["ingress"]:
            for peer in rule["from"]:
                peer.pop("namespaceSelector", None)

    messages = errors(tamper(BROKER, forget), "network/blocked-flow")
    clients = {message.split(" ", 1)[0] for message in messages}
    assert clients == {
        "auth/auth-service",
        "default/celery-beat",
        "locations/api-worker",
        "locations/locations-service",
        "monitoring/prometheus",
        "waste/ai-worker",
        "waste/batch-worker",
        "waste/waste-service",
    }


def test_an_egress_rule_for_everyone_opens_the_metadata_address(tamper: Tamper) -> None:
    report = tamper(
        "NetworkPolicy/waste/ai-worker",
        lambda policy: policy["spec"]["egress"].append({"ports": [{"protocol": "TCP", "port": 80}]}),
    )
    assert any("169.254.169.254" in each for each in errors(report, "network/metadata-address"))
    assert any(
        "waste/ai-worker can reach 169.254.169.254" in each and "TCP 80" in each
        for each in errors(report, "network/undeclared-flow")
    )


def test_of_two_sides_one_alone_opens_nothing_but_to_those_without_policies(tamper: Tamper) -> None:
    """Pods of kube-system may go out anywhere: what admits every namespace admits them, and no other."""

    def widen(policy: Parsed) -> None:
        everyone = {"from": [{"namespaceSelector": {}}], "ports": [{"protocol": "TCP", "port": 6379}]}
        policy["spec"]["ingress"].append(everyone)

    (message,) = errors(tamper("NetworkPolicy/default/redis-cache", widen), "network/undeclared-flow")
    assert "kube-system/DNS can reach default/redis-cache" in message
    assert "auth/" not in message
