from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tiered.errors import TieredError
from tiered.messaging.accounts import Account
from tiered.messaging.definitions import definitions
from tiered.stores.rabbitmq_configuration import (
    CONFIGURATION_PATH,
    DATA_PATH,
    DEFINITIONS_PATH,
    PASSWORDS_PATH,
    PREPARE,
    files,
)

ACCOUNTS = [Account(name="waste", publishes=["q.ai"]), Account(name="operator", administers=True)]


def settings(topology, **more: object) -> dict[str, str]:
    sizes: dict[str, Any] = {"cluster": "rabbitmq", "replicas": 3, "memory": "1Gi", "disk": "20Gi"}
    text = files(topology, ACCOUNTS, **{**sizes, **more})["rabbitmq.conf"]
    return dict(line.split(" = ") for line in text.splitlines())


def test_memory_and_disk_limits_follow_the_pod(topology):
    conf = settings(topology)

    assert conf["vm_memory_high_watermark.absolute"] == "614MiB"
    assert conf["disk_free_limit.absolute"] == "2048MiB"


def test_all_that_is_in_memory_always_fits_on_the_disk(topology):
    assert settings(topology, memory="8Gi")["disk_free_limit.absolute"] == "4915MiB"


def test_queues_are_declared_once_all_replicas_can_be_placed(topology):
    conf = settings(topology)

    assert conf["cluster_formation.target_cluster_size_hint"] == "3"
    assert conf["quorum_queue.continuous_membership_reconciliation.target_group_size"] == "3"
    assert conf["cluster_formation.peer_discovery_backend"] == "k8s"
    assert conf["cluster_partition_handling"] == "pause_minority"
    assert conf["prometheus.return_per_object_metrics"] == "true"


def test_no_delivery_times_out_while_its_task_runs(topology):
    assert settings(topology)["consumer_timeout"] == "7200000"

    [queue] = topology.queues
    quick = replace(topology, queues=[replace(queue, time_limit_seconds=300)])
    assert settings(quick)["consumer_timeout"] == "1800000"


def test_the_plugins_are_an_erlang_term(topology):
    made = files(topology, [], cluster="c", replicas=1, memory="1Gi", disk="1Gi")

    assert made["enabled_plugins"] == (
        "[rabbitmq_management,rabbitmq_peer_discovery_k8s,rabbitmq_prometheus].\n"
    )


@pytest.mark.parametrize("names", [["erlang-cookie"], ["waste", "waste"]])
def test_every_account_has_a_key_of_its_own_in_the_secret(topology, names):
    accounts = [Account(name=name) for name in names]

    with pytest.raises(TieredError, match="it is taken in the Secret"):
        files(topology, accounts, cluster="c", replicas=1, memory="1Gi", disk="1Gi")


@pytest.fixture
def node(tmp_path: Path, topology):
    """Runs the init container's script over folders of this machine; `passwords` are the Secret."""
    folders = {}
    for path in (CONFIGURATION_PATH, DATA_PATH, DEFINITIONS_PATH, PASSWORDS_PATH):
        folders[path] = tmp_path / path.lstrip("/")
        folders[path].mkdir(parents=True)

    def prepare(passwords: dict[str, str], accounts=ACCOUNTS) -> subprocess.CompletedProcess[str]:
        made = files(topology, accounts, cluster="c", replicas=1, memory="1Gi", disk="1Gi")
        for path, contents in ((CONFIGURATION_PATH, made), (PASSWORDS_PATH, passwords)):
            for name, content in contents.items():
                (folders[path] / name).write_text(content)
        script = PREPARE
        for path, folder in folders.items():
            script = script.replace(path, str(folder))
        return subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)

    return prepare, folders


def test_users_are_imported_before_their_permissions(node, topology):
    # GIVEN
    prepare, folders = node
    # WHEN it runs a second time over what it left
    for cookie in ("OLD", "NEW"):
        result = prepare({"waste": "a-B_1", "operator": "c\n", "erlang-cookie": cookie})
        assert (result.returncode, result.stderr) == (0, "")
    # THEN
    users, rest = sorted(folders[DEFINITIONS_PATH].iterdir())
    assert json.loads(users.read_text()) == {
        "users": [
            {"name": "waste", "password": "a-B_1", "tags": []},
            {"name": "operator", "password": "c", "tags": ["administrator"]},
        ]
    }
    assert json.loads(rest.read_text()) == definitions(topology, ACCOUNTS)
    cookie = folders[DATA_PATH] / ".erlang.cookie"
    assert cookie.read_text() == "NEW"
    assert cookie.stat().st_mode & 0o777 == 0o400


def test_a_broker_without_accounts_still_gets_readable_users(node):
    prepare, folders = node

    assert prepare({"erlang-cookie": "C"}, []).returncode == 0
    assert json.loads((folders[DEFINITIONS_PATH] / "10-users.json").read_text()) == {"users": []}


@pytest.mark.parametrize("password", ["", 'x","tags":["administrator"]', "with space", "ümlaut"])
def test_a_password_that_would_need_quoting_stops_the_node(node, password):
    prepare, _ = node

    result = prepare({"waste": password, "operator": "c", "erlang-cookie": "C"})

    assert result.returncode == 1
    assert "password of broker account waste" in result.stderr
    assert not password or password not in result.stderr
