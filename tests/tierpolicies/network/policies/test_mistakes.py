"""What the API refuses of a policy: it is told with its place, admits nobody, and the rest is analyzed."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tierpolicies.network.written import DB, WEB, admin, index, lines, pod, policy
from tierpolicies import judge
from tierpolicies.engine.finding import Severity
from tierpolicies.network.analysis.exposure import ExposedNetwork
from tierpolicies.network.notation.lines import exposure_lines
from tierpolicies.network.policies.mistakes import mistakes
from tierpolicies.network.policies.policy import policies

OPEN = "{podSelector: {matchLabels: {app: web}}, ingress: [%s]}"
REFUSED = {
    "ports that are a mapping": ("{ports: {port: 80}}", "stands where a list must"),
    "a port that is a number": ("{ports: [80]}", "80 is no port"),
    "a port in quotes": ("{ports: [{port: '80'}]}", "'80' is no name of a port"),
    "a port's name that is too long": ("{ports: [{port: web-server-status}]}", "is no name of a port"),
    "a port of nought": ("{ports: [{port: 0}]}", "no port from 1 to 65535"),
    "a truth for a port": ("{ports: [{port: true}]}", "no port from 1 to 65535"),
    "a last port of nought": ("{ports: [{port: 80, endPort: 0}]}", "less than the port"),
    "a last port in quotes": ("{ports: [{port: 80, endPort: '90'}]}", "no port from 1 to 65535"),
    "a last port after a name": ("{ports: [{port: http, endPort: 90}]}", "a port in figures"),
    "a protocol in small letters": ("{ports: [{port: 80, protocol: tcp}]}", "'tcp' is none of"),
    "several protocols": ("{ports: [{port: 80, protocol: [TCP]}]}", "is none of SCTP, TCP, UDP"),
    "peers that are a text": ("{from: shop}", "'shop' stands where a list must"),
    "a peer that is a text": ("{from: [shop]}", "is for nobody"),
    "a peer without a selector": ("{from: [{podSelector: null}]}", "is for nobody"),
    "a namespace by its name": ("{from: [{namespaceSelector: shop}]}", "'shop' is no selector"),
    "labels that are a list": ("{from: [{podSelector: {matchLabels: [app]}}]}", "are no labels"),
    "terms that are a text": ("{from: [{podSelector: {matchExpressions: app}}]}", "'app' is no list"),
    "a term that is a text": ("{from: [{podSelector: {matchExpressions: [app]}}]}", "names no key"),
    "a label's value with a blank": (
        "{from: [{podSelector: {matchLabels: {app: d b}}}]}",
        "no value of a label",
    ),
    "a label's key with a blank": (
        "{from: [{podSelector: {matchLabels: {a pp: db}}}]}",
        "has the key 'a pp'",
    ),
    "a number among values": (
        "{from: [{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [1]}]}}]}",
        "1 is no text",
    ),
    "values that are a text": (
        "{from: [{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: db}]}}]}",
        "'db' is no list",
    ),
    "a block that is a text": ("{from: [{ipBlock: 10.0.0.0/8}]}", "is not a range"),
    "a block with a netmask": ("{from: [{ipBlock: {cidr: 10.0.0.0/255.0.0.0}}]}", "is not a range"),
    "an exception that is a text": (
        "{from: [{ipBlock: {cidr: 10.0.0.0/8, except: 10.1.0.0/16}}]}",
        "stands where a list must",
    ),
    "an exception of another family": (
        "{from: [{ipBlock: {cidr: 10.0.0.0/8, except: ['fd00::/8']}}]}",
        "no smaller part",
    ),
    "a rule that is a text": ("shop", "the rule 'shop' is no mapping"),
}


@pytest.mark.parametrize(("rule", "why"), REFUSED.values(), ids=list(REFUSED))
def test_it_admits_nobody_and_is_told(rule: str, why: str) -> None:
    ports = "[{name: http, containerPort: 80}]"
    told = lines(pod("web", ports=ports), pod("db"), policy(OPEN % rule))
    assert [each for each in told if f"=> {WEB} " in each] == []
    assert f"{WEB} => {DB} : All Connections" in told
    exposed = exposure_lines(ExposedNetwork(index(pod("web", ports=ports), policy(OPEN % rule))))
    assert [each for each in exposed if "<=" in each] == []
    (mistake,) = mistakes(policies(index(policy(OPEN % rule))))
    assert why in mistake.message
    assert mistake.place.startswith("all.yaml:5:")


@pytest.mark.parametrize("rule", [rule for rule, _ in REFUSED.values()], ids=list(REFUSED))
def test_a_check_finds_it(rule: str) -> None:
    files = {"all.yaml": f"{pod('web')}---{policy(OPEN % rule)}".encode()}
    found = judge(files, platform=None, today=date(2026, 11, 24)).findings
    assert any(each.rule.startswith("schema/") and each.severity is Severity.ERROR for each in found)


def test_the_other_rules_hold() -> None:
    rules = "{ports: [{port: '80'}, {port: 81}]}, {from: [shop, {podSelector: {matchLabels: {app: db}}}]}"
    told = lines(pod("web"), pod("db"), pod("job"), policy(OPEN % rules))
    assert f"{DB} => {WEB} : All Connections" in told
    assert f"shop/job[Pod] => {WEB} : TCP 81" in told


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ("hello", "the spec 'hello' is no mapping"),
        ("{podSelector: {}, policyTypes: Ingress}", "'Ingress' stands where a list must"),
        ("{podSelector: {}, policyTypes: [ingress]}", "neither Ingress nor Egress"),
        ("{podSelector: {}, ingress: {from: []}}", "stands where a list must"),
    ],
)
def test_a_policy_in_another_form_isolates_as_one_without_types(spec: str, why: str) -> None:
    told = lines(pod("web"), pod("db"), policy(spec))
    assert f"{DB} => {WEB}" not in "\n".join(told)
    assert f"{WEB} => 0.0.0.0-255.255.255.255[External] : All Connections" in told
    assert why in "\n".join(each.message for each in mistakes(policies(index(policy(spec)))))


@pytest.mark.parametrize(
    ("port", "why"),
    [
        ("{portNumber: {port: 80}, namedPort: http}", "not several"),
        ("{portRange: {start: 90, end: 80}}", "nor a range in order"),
        ("{portNumber: {port: '80'}}", "no port from 1 to 65535"),
        ("{}", "no port from 1 to 65535"),
    ],
)
def test_ports_of_administrators_have_one_form(port: str, why: str) -> None:
    written = admin(
        "{priority: 1, subject: {namespaces: {}}, ingress: "
        f"[{{name: a, action: Deny, from: [{{namespaces: {{}}}}], ports: [{port}]}}]}}"
    )
    (mistake,) = mistakes(policies(index(written)))
    assert why in mistake.message
