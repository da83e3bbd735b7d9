"""A platform that shares nothing with the reference goes through every step unchanged."""

from __future__ import annotations

import ast
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

from tierwright.cli.app import app

ROOT = Path(__file__).parents[2]
ALB = "alb.ingress.kubernetes.io"
Parsed = Any
"""What a YAML file holds; its shape is what these tests are about."""


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the description with its dist, as the working folder of the whole module."""
    folder = tmp_path_factory.mktemp("orchard")
    shutil.copytree(ROOT / "tests/platforms/orchard", folder, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert "Clean: " in tierwright("synth")
        yield folder


@pytest.fixture(scope="module")
def dist(orchard: Path) -> dict[str, Parsed]:
    """Its manifests by `Kind/namespace/name`."""
    found = {}
    for path in (orchard / "dist/live").rglob("*.yaml"):
        manifest = yaml.safe_load(path.read_text(errors="replace"))
        metadata = manifest["metadata"]
        parts = (manifest["kind"], metadata.get("namespace"), metadata["name"])
        found["/".join(part for part in parts if part)] = manifest
    return found


def tierwright(*arguments: str) -> str:
    """The output of a command that ends well."""
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return result.output


def test_nothing_is_left_to_do_after_a_synth(orchard: Path) -> None:
    assert tierwright("synth").strip() == "dist is up to date"
    assert "up to date" in tierwright("synth", "--check")


def test_the_whole_description_is_compared_where_no_stamp_answers(orchard: Path) -> None:
    (orchard / ".tierwright/stamp.json").unlink()
    assert "dist is what the description makes" in tierwright("synth", "--check")


def test_the_written_files_are_judged_clean(orchard: Path) -> None:
    report = json.loads(tierwright("check", "--format", "json"))
    assert report["verdict"] == "clean"
    assert {finding["severity"] for finding in report["findings"]} <= {"note"}


def test_the_editors_schema_accepts_every_file(orchard: Path) -> None:
    tierwright("schema", "--output", "schemas")
    files = {
        "platform": [orchard / "platform.yaml"],
        "images": [orchard / "images.lock.yaml"],
        "app": sorted(orchard.glob("apps/*/app.yaml")),
    }
    for name, described in files.items():
        schema = json.loads((orchard / f"schemas/{name}.json").read_text())
        for file in described:
            jsonschema.validate(yaml.safe_load(file.read_text()), schema)


def test_the_picture_shows_its_tiers_and_flows(orchard: Path) -> None:
    drawn = tierwright("graph")
    assert re.findall(r'subgraph \w+\["(.+)"\]', drawn) == ["1 edge", "2 data"]
    assert re.search(r'storefront -->\|"8080"\| catalog_api', drawn)
    assert re.search(r'catalog_api -->\|"5432"\| books', drawn)


def test_a_value_leads_back_to_its_line(orchard: Path) -> None:
    told = tierwright("explain", "Deployment/shop/storefront")
    assert "asked for by apps/storefront/app.yaml:4" in told


def test_pods_select_the_labels_of_their_nodes(dist: dict[str, Parsed]) -> None:
    web = dist["Deployment/shop/storefront"]["spec"]["template"]["spec"]
    assert web["nodeSelector"] == {"pool": "web"}
    assert "tolerations" not in web
    database = dist["StatefulSet/ledger/books"]["spec"]["template"]["spec"]
    assert database["nodeSelector"] == {"pool": "db"}
    assert database["tolerations"] == [
        {"key": "pool", "operator": "Equal", "value": "db", "effect": "NoSchedule"}
    ]


def test_pods_with_addresses_of_the_vpc_are_targets_themselves(dist: dict[str, Parsed]) -> None:
    ingresses = [each for each in dist.values() if each["kind"] == "Ingress"]
    annotations = [each["metadata"]["annotations"] for each in ingresses]
    assert {each[f"{ALB}/target-type"] for each in annotations} == {"ip"}
    assert {each[f"{ALB}/group.name"] for each in annotations} == {"orchard-edge"}
    assert not any(f"{ALB}/target-node-labels" in each for each in annotations)
    types = {each["spec"].get("type", "ClusterIP") for each in dist.values() if each["kind"] == "Service"}
    assert types == {"ClusterIP"}


def test_a_route_of_everything_hides_no_other(dist: dict[str, Parsed]) -> None:
    """The load balancer takes the first rule that matches."""
    ordered = sorted(
        (int(each["metadata"]["annotations"][f"{ALB}/group.order"]), path["path"])
        for each in dist.values()
        if each["kind"] == "Ingress"
        for path in each["spec"]["rules"][0]["http"]["paths"]
    )
    assert [path for _, path in ordered] == ["/api/catalog", "/deploy", "/"]


def test_roles_hang_on_service_accounts_alone(dist: dict[str, Parsed]) -> None:
    """EKS injects token and settings; written in the pod as well they would be there twice."""
    account = dist["ServiceAccount/back-office/invoices-api"]["metadata"]["annotations"]
    role = "arn:aws:iam::444455556666:role/orchard-live-invoices-api"
    assert account["eks.amazonaws.com/role-arn"] == role
    assert "AWS_ROLE_ARN" not in json.dumps(dist)
    assert "eks.amazonaws.com" not in json.dumps(dist["ServiceAccount/shop/storefront"])
    controller = dist["Application/deploy/aws-load-balancer-controller"]["spec"]["source"]["helm"]
    annotations = controller["valuesObject"]["serviceAccount"]["annotations"]
    assert annotations["eks.amazonaws.com/role-arn"].endswith(
        ":role/orchard-live-aws-load-balancer-controller"
    )


def test_without_a_broker_there_is_nothing_of_one(dist: dict[str, Parsed]) -> None:
    text = json.dumps(dist).lower()
    assert not [word for word in ("rabbit", "celery", "amqp", "messaging", "5672") if word in text]


def test_argo_cd_pulls_its_own_repository_into_its_own_namespace(dist: dict[str, Parsed]) -> None:
    folders = [
        each for each in dist.values() if each["kind"] == "Application" and "path" in each["spec"]["source"]
    ]
    sources = {
        (each["spec"]["source"]["repoURL"], each["spec"]["source"]["targetRevision"]) for each in folders
    }
    assert sources == {("https://git.orchard.example/platform/gitops.git", "live")}
    assert {each["metadata"]["namespace"] for each in folders} == {"deploy"}


def test_the_bill_is_of_its_own_region(orchard: Path) -> None:
    page = (orchard / "dist/live/report.md").read_text()
    assert "Budget: $259 of $270 a month" in page
    assert "prices of us-east-1, 2025-10" in page
    assert "1 application load balancer without its traffic: $16.43" in page


def test_volumes_are_priced_by_their_kind_not_by_the_name_of_their_class(orchard: Path) -> None:
    page = (orchard / "dist/live/report.md").read_text()
    assert "volumes, 22 GiB gp3: $1.76" in page


def sources() -> list[Path]:
    """Every file of the three packages that a person wrote."""
    kinds = {".py", ".yaml", ".json"}
    folders = ("constructs", "policies", "synth")
    return [
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.suffix in kinds and path.is_file()
    ]


def test_no_word_of_the_reference_platform_stands_in_the_packages() -> None:
    told = re.compile(r"waste|growbin|kakao|openai|dlq-collector|coach", re.IGNORECASE)
    found = {
        path.relative_to(ROOT).as_posix(): sorted({match.lower() for match in told.findall(text)})
        for path in sources()
        if told.search(text := path.read_text(errors="replace"))
    }
    assert found == {}


def test_no_name_of_the_reference_platform_is_a_value_in_the_code() -> None:
    """Names that are also common words may stand in sentences, never as a value that code compares."""
    platform = yaml.safe_load((ROOT / "platform.yaml").read_text())
    apps = [yaml.safe_load(path.read_text(errors="replace")) for path in ROOT.glob("apps/*/app.yaml")]
    names = {
        *platform["tiers"],
        *platform["messaging"]["queues"],
        *(task for queue in platform["messaging"]["queues"].values() for task in queue.get("tasks", ())),
        *(name for each in apps for name in each["workloads"]),
        *(pool for each in platform["environments"].values() for pool in each["pools"]),
        platform["environments"]["prod"]["ingress"]["host"],
    }
    # What a component may provide is called so as well, and a kind of password.
    common = {"storage", "master"}
    assert "ai-worker" in names
    found = {
        (path.relative_to(ROOT).as_posix(), value)
        for path in sources()
        if path.suffix == ".py"
        for value in values(ast.parse(path.read_text(errors="replace")))
        if value in names - common
    }
    assert found == set()


def values(tree: ast.AST) -> Iterator[str]:
    """Every string of a program."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
