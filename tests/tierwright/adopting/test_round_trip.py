"""Manifests that nobody here wrote: adopted, generated again, and compared in what matters."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from tiered.quantity import canonical
from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.reader import read
from tierwright.adopting.inventory import Inventory, pod_of
from tierwright.adopting.pod import ENTRYPOINT
from tierwright.adopting.proposal import Proposal, propose
from tierwright.adopting.repository import texts
from tierwright.description.loading import load
from tierwright.description.reading import read as read_description
from tierwright.description.workloads import App
from tierwright.scaffold.repository import write
from tierwright.synthesis import generate

CASES = (
    "onlineboutique_workloads",
    "acs-security-demos",
    "netpol-analysis-example-minimal",
    "demo_app_with_routes_and_ingress",
)
Objects = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(scope="module", params=CASES)
def adopted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Proposal, Objects]:
    """A case's proposal, and what is generated from it, by kind and name."""
    corpora = os.environ.get("TIERWRIGHT_CORPORA")
    if not corpora:
        pytest.skip("TIERWRIGHT_CORPORA is not set: it names the folder of other projects' test cases")
    tree = read(Path(corpora, "netpol-analyzer", request.param, "manifests"))
    proposal = propose(tree.manifests)
    root = tmp_path_factory.mktemp("adopted") / "shop"
    root.mkdir()
    write(texts(proposal, "shop"), root)
    ((_, rendered),) = generate(load(root), ["dev"], progress=lambda _: None)
    manifests = (yaml.safe_load(content) for content in rendered.files.values())
    return proposal, {(each["kind"], each["metadata"]["name"]): each for each in manifests}


def kept(proposal: Proposal) -> list[Manifest]:
    return [each.manifest for each in proposal.accounts if each.fate == "kept"]


def container(objects: Objects, name: str) -> dict[str, Any]:
    pod = objects["Deployment", name]["spec"]["template"]["spec"]
    (main,) = pod["containers"]
    found: dict[str, Any] = main
    return found


def test_something_is_kept_and_every_object_is_accounted_for(adopted: tuple[Proposal, Objects]) -> None:
    proposal, objects = adopted
    assert kept(proposal)
    assert {each.fate for each in proposal.accounts} <= {"kept", "derived", "left"}
    assert all(each.reason for each in proposal.accounts)
    for each in kept(proposal):
        assert objects["Deployment", each.name]["metadata"]["namespace"] == (each.namespace or "default")


def test_the_same_program_runs(adopted: tuple[Proposal, Objects]) -> None:
    proposal, objects = adopted
    for each in kept(proposal):
        was, now = pod_of(each).at("containers", 0), container(objects, each.name)
        program = [word.text for word in was["command"]] or [ENTRYPOINT]
        assert [*now["command"], *now.get("args", [])] == [*program, *(word.text for word in was["args"])]


def test_it_sees_the_same_variables(adopted: tuple[Proposal, Objects]) -> None:
    """But for ports of Services that listen where their pods do, and are told."""
    proposal, objects = adopted
    told = {each.manifest.name: " ".join(each.notes) for each in proposal.accounts if each.fate == "kept"}
    for each in kept(proposal):
        now = {item["name"]: item for item in container(objects, each.name)["env"]}
        for variable in pod_of(each).at("containers", 0, "env"):
            name, value = variable["name"].text, variable["value"].text
            if f"variable {name}" in told[each.name]:
                continue
            if variable.at("valueFrom", "secretKeyRef"):
                assert now[name]["valueFrom"]["secretKeyRef"]
            else:
                assert now[name]["value"] == value


def test_it_asks_for_the_same_resources(adopted: tuple[Proposal, Objects]) -> None:
    proposal, objects = adopted
    for each in kept(proposal):
        now = container(objects, each.name)["resources"]
        for side in ("requests", "limits"):
            for resource, amount in pod_of(each).at("containers", 0, "resources", side).items():
                assert now[side][resource] == canonical(str(amount.value))


def test_services_lead_to_the_same_ports(adopted: tuple[Proposal, Objects]) -> None:
    proposal, objects = adopted
    inventory = Inventory([each.manifest for each in proposal.accounts])
    for each in kept(proposal):
        for service in inventory.services_of(each)[:1]:
            target = service.view.at("spec", "ports", 0, "targetPort").integer
            ports = [port["containerPort"] for port in container(objects, each.name)["ports"]]
            now = objects["Service", each.name]["spec"]
            assert now["selector"].items() <= {"app": each.name}.items()
            assert target is None or (ports[0] == target and now["ports"][0]["port"] == target)


def test_who_called_whom_may_still_call(adopted: tuple[Proposal, Objects]) -> None:
    proposal, objects = adopted
    calls = [
        (workload.manifest.name, str(call))
        for app in proposal.apps
        for workload in app.workloads
        if isinstance(called := workload.values.get("calls", []), list)
        for call in called
    ]
    for caller, called in calls:
        admitted = yaml.safe_dump(objects["NetworkPolicy", called]["spec"]["ingress"])
        assert f"app: {caller}\n" in admitted, (caller, called)


def test_the_judge_reads_what_came_of_it(adopted: tuple[Proposal, Objects], tmp_path: Path) -> None:
    """Nothing of it would be refused by an API server."""
    from tierpolicies import judge

    for (kind, name), manifest in adopted[1].items():
        (tmp_path / f"{kind}-{name}.yaml").write_text(yaml.safe_dump(manifest))
    report = judge(tmp_path, platform=None, today=date(2026, 11, 1), kubernetes="1.36")
    broken = [each for each in report.findings if each.rule.startswith(("input/", "schema/"))]
    assert [each.message for each in broken if each.fails] == []


def test_whatever_others_wrote_the_proposal_is_a_description(tmp_path: Path) -> None:
    """Every case of the corpora: each app that is proposed is understood, every object has its account."""
    corpora = os.environ.get("TIERWRIGHT_CORPORA")
    if not corpora:
        pytest.skip("TIERWRIGHT_CORPORA is not set: it names the folder of other projects' test cases")
    linted = [Path(corpora, name) for name in ("kube-linter", "kube-score", "pod-security-v1.28")]
    understood = 0
    for case in [*linted, *sorted(Path(corpora, "netpol-analyzer").iterdir())]:
        tree = read(case)
        proposal = propose(tree.manifests)
        assert [each.manifest for each in proposal.accounts] == list(tree.manifests)
        assert all(each.reason for each in proposal.accounts)
        for app in proposal.apps:
            described = read_description(App, tmp_path / app.file, root=tmp_path, text=app.text)
            assert list(described.workloads) == [each.manifest.name for each in app.workloads]
            understood += 1
    assert understood
