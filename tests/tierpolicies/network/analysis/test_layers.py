"""Administrators' policies, those of namespaces, and the baseline, one after another."""

from __future__ import annotations

import pytest

from tests.tierpolicies.network.written import DB, WEB, admin, index, lines, pod, policy
from tierpolicies.network.analysis.network import Network
from tierpolicies.network.notation.explanations import explanations

SUBJECT = "subject: {namespaces: {}}"
DENY = f"{{priority: 1, {SUBJECT}, ingress: [{{name: stop, action: Deny, from: [{{namespaces: {{}}}}]}}]}}"
PASS = (
    f"{{priority: 0, {SUBJECT}, ingress: [{{name: skip, action: Pass, from: [{{namespaces: {{}}}}],"
    " ports: [{portNumber: {port: 80}}]}]}"
)
BASELINE = f"{{{SUBJECT}, ingress: [{{name: base, action: Deny, from: [{{namespaces: {{}}}}]}}]}}"
ALLOWING = policy(
    "{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: 80}, {port: 81}]}]}"
)


@pytest.mark.parametrize(
    ("policies", "told"),
    [
        ([admin(DENY)], []),
        ([admin(DENY), admin(PASS, name="second")], [f"{WEB} => {DB} : TCP 80"]),
        ([admin(DENY), admin(PASS, name="second"), ALLOWING], [f"{WEB} => {DB} : TCP 80"]),
        ([admin(BASELINE, "BaselineAdminNetworkPolicy", "default")], []),
        (
            [admin(BASELINE, "BaselineAdminNetworkPolicy", "default"), ALLOWING],
            [f"{WEB} => {DB} : TCP 80-81"],
        ),
        ([admin(BASELINE, "BaselineAdminNetworkPolicy", "other")], [f"{WEB} => {DB} : All Connections"]),
    ],
    ids=[
        "denied",
        "passed on",
        "passed to a policy",
        "denied at last",
        "a policy comes before the baseline",
        "of another name",
    ],
)
def test_the_layers_of_policies(policies: list[str], told: list[str]) -> None:
    found = lines(pod("web"), pod("db"), *policies)
    assert [each for each in found if each.startswith(f"{WEB} => {DB}")] == told


def test_the_layers_are_explained() -> None:
    network = Network(index(pod("web"), pod("db"), admin(DENY), admin(PASS, name="second"), ALLOWING))
    ends = {each.name: each for each in network.workloads}
    text = "\n".join(explanations(network, [(ends[WEB], ends[DB])]))
    assert "AdminNetworkPolicy 'second' passes connections by Ingress rule skip" in text
    assert "AdminNetworkPolicy 'first' denies connections by Ingress rule stop" in text
    assert "Allowed TCP:[80] due to" in text
