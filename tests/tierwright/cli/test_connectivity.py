"""`tierwright connectivity`: what it prints, and how it ends."""

from __future__ import annotations

import json
import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tierwright.cli.connectivity import Request, run
from tierwright.cli.failures import UsageError
from tierwright.output.errors import OutputError

SHOP = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: report, namespace: shop}
spec: {template: {metadata: {labels: {app: report}}, spec: {containers: [{name: report}]}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: store}
spec:
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, ports: [{name: sql, containerPort: 5432}]}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: store}
spec:
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Ingress, Egress]
  ingress:
    - from:
        - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}
          podSelector: {matchLabels: {app: web}}
      ports: [{port: sql}]
"""
WEB, REPORT, DB = "shop/web[Deployment]", "shop/report[Deployment]", "store/db[StatefulSet]"
Told = Callable[..., str]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "all.yaml").write_text(SHOP)
    return folder


@pytest.fixture
def told(shop: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    """What the command prints on stdout, which it must do with a certain code."""

    def run_it(*, code: int = 0, **options: object) -> str:
        assert run(replace(Request(shop), **options)) == code  # type: ignore[arg-type]
        return capsys.readouterr().out

    return run_it


def test_every_connected_pair_is_a_line(told: Told) -> None:
    lines = told().splitlines()
    assert f"{WEB} => {DB} : TCP 5432" in lines
    assert f"{WEB} => {REPORT} : All Connections" in lines
    assert not [each for each in lines if each.startswith((f"{DB} =>", f"{REPORT} => {DB}"))]
    assert lines == sorted(lines)


@pytest.mark.parametrize("source", ["web", "shop/web", WEB])
def test_one_pair_is_asked_about_by_any_of_its_names(told: Told, source: str) -> None:
    assert told(source=source, destination="db") == f"{WEB} => {DB} : TCP 5432\n"


def test_an_address_stands_for_its_range(told: Told) -> None:
    assert told(source="web", destination="1.1.1.1").startswith(f"{WEB} => 0.0.0.0-255.255.255.255[External]")


def test_an_explanation_names_rules_and_places(told: Told) -> None:
    text = told(source="report", destination="db", explain=True, positions=True)
    assert (
        "NetworkPolicy 'store/db' selects store/db[StatefulSet], but shop/report[Deployment] is not" in text
    )
    assert "[all.yaml:27]" in text
    assert "all.yaml" not in told(source="report", destination="db", explain=True)


def test_exposure_tells_whom_policies_would_admit(told: Told) -> None:
    text = told(exposure=True)
    assert "shop/report[Deployment] is not protected on Ingress" in text
    assert re.search(r"shop/web\[Deployment\] +\t=> \tentire-cluster : All Connections", text)


@pytest.mark.parametrize("form", ["text", "json"])
def test_exposure_is_told_of_whom_is_asked_about(told: Told, form: str) -> None:
    text = told(exposure=True, source="web", form=form)
    assert "entire-cluster" in text
    assert "report" not in text.partition("xposure")[2]
    assert "Ingress" not in text
    assert "entire-cluster" not in told(exposure=True, source="web", destination="db", form=form)


def test_pods_that_only_flows_tell_of_take_part(told: Told, shop: Path) -> None:
    backup = {"name": "backup", "namespace": "store", "labels": {"app": "backup"}}
    db = {"name": "db", "namespace": "store", "labels": {"app": "db"}}
    flow = {"from": backup, "to": db, "ports": ["TCP 5432"], "why": "calls"}
    (shop / "index.json").write_text(json.dumps({"version": 1, "flows": [flow], "files": {}}))
    assert told(source="web", destination="backup") == f"{WEB} => store/backup[Component] : All Connections\n"
    assert told(source="backup", destination="db") == ""


def test_json_is_for_programs(told: Told) -> None:
    data = json.loads(told(form="json", exposure=True))
    assert {"source": WEB, "destination": DB, "ports": "TCP 5432"} in data["connections"]
    assert {each["workload"] for each in data["exposure"]} == {WEB, REPORT}


@pytest.mark.parametrize("form", ["dot", "mermaid", "svg"])
def test_pictures_show_every_pair(told: Told, form: str) -> None:
    picture = told(form=form)
    assert "TCP 5432" in picture
    assert picture == told(form=form)


def test_an_svg_is_well_formed_and_tells_each_cell(told: Told) -> None:
    root = ET.fromstring(told(form="svg"))  # noqa: S314 (our own)
    titles = [each.text for each in root.iter("{http://www.w3.org/2000/svg}title")]
    assert f"{WEB} => {DB} : TCP 5432" in titles
    assert len(titles) == len(told().splitlines()) + 1


def test_a_difference_tells_what_is_gained_and_lost(told: Told, tmp_path: Path) -> None:
    former = tmp_path / "former"
    former.mkdir()
    (former / "all.yaml").write_text(SHOP.replace("port: sql", "port: 5433"))
    line = f"diff-type: changed, source: {WEB}, destination: {DB}, ref1: TCP 5433, ref2: TCP 5432"
    assert told(former=former) == f"Connectivity diff:\n{line}\n"
    (change,) = json.loads(told(former=former, form="json"))
    assert (change["gained"], change["lost"]) == ("TCP 5432", "TCP 5433")
    assert told(former=tmp_path / "shop") == ""


@pytest.mark.parametrize(
    ("options", "pairs"),
    [
        ({"source": "web", "destination": "db"}, [(WEB, DB)]),
        ({"source": "report"}, []),
        ({"destination": "db"}, [(WEB, DB)]),
        ({"source": "1.1.1.1"}, []),
    ],
)
def test_a_difference_is_told_of_whom_is_asked_about(
    told: Told, tmp_path: Path, options: dict[str, str], pairs: list[tuple[str, str]]
) -> None:
    former = tmp_path / "former"
    former.mkdir()
    (former / "all.yaml").write_text(SHOP.replace("port: sql", "port: 5433"))
    changes = json.loads(told(former=former, form="json", **options))
    assert [(each["source"], each["destination"]) for each in changes] == pairs


def test_an_address_of_ipv6_is_told_of_when_it_is_asked_about(told: Told) -> None:
    assert told(source="web", destination="2001:db8::1").startswith(f"{WEB} => ::-ffff:")
    assert ":-ffff" not in told(source="web")


def test_a_difference_knows_pods_that_only_flows_tell_of(told: Told, shop: Path, tmp_path: Path) -> None:
    former = tmp_path / "former"
    former.mkdir()
    (former / "all.yaml").write_text(SHOP)
    backup = {"name": "backup", "namespace": "store", "labels": {"app": "backup"}}
    db = {"name": "db", "namespace": "store", "labels": {"app": "db"}}
    flow = {"from": backup, "to": db, "ports": ["TCP 5432"], "why": "calls"}
    (shop / "index.json").write_text(json.dumps({"version": 1, "flows": [flow], "files": {}}))
    assert f"diff-type: added, source: {WEB}, destination: store/backup[Component]" in told(former=former)
    (former / "index.json").write_text((shop / "index.json").read_text())
    assert told(former=former) == ""


def test_a_difference_tells_what_the_api_would_refuse(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    former = tmp_path / "former"
    former.mkdir()
    (former / "all.yaml").write_text(SHOP)
    (shop / "all.yaml").write_text(SHOP.replace("port: sql", "port: 70000"))
    assert run(Request(shop, former=former)) == 1
    answer = capsys.readouterr()
    assert "no port from 1 to 65535" in answer.err
    assert f"diff-type: removed, source: {WEB}, destination: {DB}" in answer.out


def test_a_commit_is_a_base(told: Told, shop: Path) -> None:
    def git(*words: str) -> None:
        subprocess.run(
            ["git", "-C", str(shop), "-c", "user.name=a", "-c", "user.email=a@b", *words], check=True
        )

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    (shop / "all.yaml").write_text(SHOP.replace("app: web}}\n      ports", "app: report}}\n      ports"))
    text = told(base="HEAD")
    assert f"diff-type: added, source: {REPORT}, destination: {DB}" in text
    assert f"diff-type: removed, source: {WEB}, destination: {DB}" in text
    with pytest.raises(UsageError, match="cannot be read"):
        run(Request(shop, base="nowhere"))


@pytest.mark.parametrize(
    ("options", "told_why"),
    [
        ({"form": "png"}, "none of text, json, dot, mermaid, svg"),
        ({"source": "wbe"}, "did you mean"),
        ({"destination": "300.1.1.1"}, "no workload, nor an address"),
        ({"former": Path(), "base": "HEAD"}, "give one of them"),
        ({"former": Path(), "explain": True}, "leave out --explain"),
        ({"form": "svg", "explain": True}, "connections alone"),
        ({"form": "json", "explain": True}, "explanations are text"),
        ({"positions": True}, "give --explain too"),
    ],
)
def test_words_that_mean_nothing_here_are_usage_errors(
    shop: Path, options: dict[str, object], told_why: str
) -> None:
    with pytest.raises(UsageError, match=told_why):
        run(replace(Request(shop), **options))  # type: ignore[arg-type]


def test_a_folder_without_workloads_is_no_answer(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    with pytest.raises(OutputError, match="no workload"):
        run(Request(tmp_path))
    with pytest.raises(OutputError, match="does not exist"):
        run(Request(tmp_path / "nowhere"))


def test_what_cannot_be_read_is_told_and_the_rest_is_answered(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "broken.yaml").write_text("kind: [\n")
    (shop / "notes.json").write_text('{"a": 1}')
    assert run(Request(shop)) == 3
    answer = capsys.readouterr()
    assert f"{WEB} => {DB} : TCP 5432\n" in answer.out
    assert "broken.yaml:" in answer.err
    assert "notes.json: holds no manifest" in answer.err


def test_policies_of_other_kinds_are_told_as_not_read(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written = "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: a, namespace: shop}\n"
    (shop / "cilium.yaml").write_text(written)
    assert run(Request(shop)) == 0
    assert "not read: 1 of CiliumNetworkPolicy" in capsys.readouterr().err


PEER = """        - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}
          podSelector: {matchLabels: {app: web}}
"""


@pytest.mark.parametrize(
    ("old", "new", "told_why"),
    [
        ("port: sql", "port: 70000", "no port from 1 to 65535"),
        ("port: sql", "port: 80, endPort: 79", "less than the port"),
        ("port: sql", "port: 5432, protocol: ICMP", "none of SCTP, TCP, UDP"),
        (PEER, "        - podSelector: {matchExpressions: [{key: app, operator: Is}]}\n", "'Is'"),
        (PEER, "        - {}\n", "is for nobody"),
        (PEER, "        - ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/16]}\n", "no smaller part"),
    ],
)
def test_what_the_api_would_refuse_admits_nobody_and_the_rest_is_answered(
    shop: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, told_why: str
) -> None:
    assert old in SHOP
    (shop / "all.yaml").write_text(SHOP.replace(old, new))
    assert run(Request(shop)) == 1
    answer = capsys.readouterr()
    assert "all.yaml:" in answer.err
    assert told_why in answer.err
    assert f"{WEB} => {DB}" not in answer.out
    assert f"{WEB} => {REPORT} : All Connections" in answer.out
