"""A laptop's cluster: what kind is told, and that the rest follows by itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from tests.tierwright.cli.test_init import made
from tests.tierwright.cluster.conftest import ROOT, Machine
from tierpolicies.documents.reader import read
from tierwright.cluster.kind import configuration, kind, node_names
from tierwright.compose.plan import Plan
from tierwright.description.loading import load
from tierwright.description.problems import DescriptionError

PROGRAMS = ("kubectl", "docker", "kind", "helm", "tierwright", "git")


def test_kind_is_told_the_pools_and_ranges(dev: Plan) -> None:
    told = configuration(dev)
    assert told["networking"] == {"podSubnet": "10.244.0.0/16", "serviceSubnet": "10.96.0.0/16"}
    assert told["nodes"] == [
        {
            "role": "control-plane",
            "labels": {"ingress-ready": "true"},
            "extraPortMappings": [
                {"containerPort": 80, "hostPort": 80, "listenAddress": "127.0.0.1"},
                {"containerPort": 443, "hostPort": 443, "listenAddress": "127.0.0.1"},
            ],
        }
    ]
    assert node_names(dev) == {"laptop": ["waste-coach-control-plane"]}


def test_several_pools_are_several_nodes(tmp_path: Path) -> None:
    project = made(tmp_path / "shop")
    project.edit(
        "platform.yaml",
        "    pools:\n",
        "    pools:\n      more: {cpu: 1, memory: 1Gi, disk: 1Gi, nodes: 2, labels: {a: b}}\n",
    )
    plan = Plan(load(project.root), "dev")
    nodes = configuration(plan)["nodes"]
    assert isinstance(nodes, list)
    assert nodes[1:] == [{"role": "worker", "labels": {"a": "b"}}] * 2
    assert node_names(plan) == {"laptop": ["shop-control-plane"], "more": ["shop-worker", "shop-worker2"]}


def test_an_environment_on_real_machines_is_refused(prod: Plan) -> None:
    with pytest.raises(DescriptionError, match="environment 'prod' is not for kind"):
        configuration(prod)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return made(tmp_path / "shop").root


@pytest.mark.parametrize("pushed", [True, False])
def test_one_command_starts_a_new_repository(shop: Path, machine: Machine, pushed: bool) -> None:
    machine.answer("git", "ls-remote", code=0 if pushed else 2)
    script = kind(Plan(load(shop), "dev"), shop, read(shop / "dist/dev").manifests)
    calls = machine.run(script, programs=PROGRAMS, directory=shop)
    told = next(each for each in calls if each["call"][:3] == ["kind", "create", "cluster"])
    assert yaml.safe_load(told["stdin"])["kind"] == "Cluster"
    order = [
        ["kind", "create"],
        ["kubectl", "config", "use-context", "kind-shop"],
        ["docker", "build", "--tag", "ghcr.io/example/hello:sha-0000000"],
        ["kind", "load", "docker-image", "ghcr.io/example/hello:sha-0000000"],
        ["tierwright", "doctor"],
        ["helm", "upgrade"],
    ]
    places = [next(n for n, each in enumerate(calls) if each["call"][: len(w)] == w) for w in order]
    assert places == sorted(places)
    files = [
        word.partition("=")[2]
        for each in calls
        if each["call"][:2] == ["kubectl", "apply"]
        for word in each["call"]
        if word.startswith("--filename=dist/")
    ]
    assert all((shop / file).exists() for file in files)
    root = "dist/dev/argocd/Application-shop.yaml"
    folders = ["dist/dev/cluster", "dist/dev/tier-1-control/argocd", "dist/dev/tier-2-web/hello"]
    assert files[-2:] == ["dist/dev/argocd/AppProject-shop.yaml", root] if pushed else files[-3:] == folders


def test_the_house_s_images_are_built_on_their_base(dev: Plan, machine: Machine) -> None:
    machine.answer("kubectl", "get", "secret")
    machine.answer("git", "ls-remote", code=2)
    script = kind(dev, ROOT, read(ROOT / "dist/dev").manifests)
    calls = machine.run(script, programs=PROGRAMS, variables={"DEBIAN": "debian@sha256:1"})
    builds = [each["call"] for each in calls if each["call"][:2] == ["docker", "build"]]
    assert [call[2:6] for call in builds[:2]] == [
        ["--target", "base", "--tag", "localhost/waste-coach-base"],
        ["--target", "builder", "--tag", "localhost/waste-coach-builder"],
    ]
    assert all("DEBIAN=debian@sha256:1" in call for call in builds[:2])
    assert all("BASE=localhost/waste-coach-base" in call for call in builds[2:])
    assert {call[3] for call in builds[2:]} == {dev.image(app) for app in dev.apps}


def test_secrets_of_one_value_get_the_same_password(dev: Plan, machine: Machine) -> None:
    """A workload's password and the server's are one; what a person would be asked for is there."""
    known = ("oauth", "signing-keys", "kakao-map", "token-keys", "openai", "s3", "backups", "slack")
    for namespace in ("auth", "default", "locations", "messaging", "users", "waste"):
        for name in known:
            machine.answer("kubectl", "get", "secret", name, f"--namespace={namespace}")
    machine.answer("kubectl", "get", "secret", code=1)
    machine.answer("git", "ls-remote", code=2)
    script = kind(dev, ROOT, read(ROOT / "dist/dev").manifests)
    calls = machine.run(script, programs=PROGRAMS, variables={"DEBIAN": "debian"})
    values: dict[str, str] = {}
    for each in calls:
        call = each["call"]
        if call[:4] == ["kubectl", "create", "secret", "generic"]:
            keys = [
                word.removeprefix("--from-file=").partition("=")[0] for word in call if "--from-file" in word
            ]
            namespace = next(word.partition("=")[2] for word in call if word.startswith("--namespace"))
            values |= {
                f"{namespace}/{call[4]}/{key}": value for key, value in zip(keys, each["read"], strict=True)
            }
    assert values["auth/postgres-auth/password"] == values["default/postgres/auth"]
    assert values["waste/rabbitmq-ai-worker/password"] == values["messaging/rabbitmq/ai-worker"]
    assert values["waste/redis/redis"] == values["default/redis/redis"]
    assert len(set(values.values())) < len(values)


def test_what_is_applied_is_read_by_kubectl_s_own_parser() -> None:
    folder = ROOT / "dist/dev/tier-2-sync-api/users"
    done = subprocess.run(
        ["kubectl", "label", "--local", "--filename", folder, "x=y", "--output=name"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "deployment.apps/users-service" in done.stdout
