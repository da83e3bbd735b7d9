"""Three Redis as a description that asks for them makes them: what they survive, and who may command them."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from threading import Event, Thread

import pytest
import redis

from apps.common.broker.celery_app import celery_app
from apps.common.messaging import Messaging
from apps.common.redis import async_redis
from apps.common.settings import BrokerSettings
from tests.servers import manifests
from tests.servers.exporters import Exporter
from tests.servers.fixtures import running
from tests.servers.redis_sentinel import PASSWORDS, PATIENCE, Redises
from tests.servers.waiting import eventually
from tests.tierwright.letter.letter import described, generated


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    """The platform with three Redis, and nodes enough for them."""

    def edit(platform):
        platform["stores"]["redis"]["replicas"] = 3
        platform["environments"]["prod"]["pools"]["storage"] |= {"nodes": 3, "max_nodes": 3}
        platform["waivers"] = []

    folder = described(tmp_path_factory.mktemp("platform"), {"platform.yaml": edit})
    return generated(folder, "prod")


@pytest.fixture(scope="module")
def pods(platform):
    made = Redises(platform)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def redises(pods):
    """All three, whole again after whatever a test did to them."""
    return pods.start()


def test_a_killed_master_is_replaced_and_nothing_replicated_is_lost(redises):
    assert redises.writes("before")
    lost = redises.master
    lost.kill()
    eventually(lambda: redises.reads() == b"before", "another one answers", seconds=PATIENCE)
    eventually(lambda: redises.writes("after"), "and takes writes", seconds=PATIENCE)
    lost.lose_volume()  # it must not come back as an empty master
    lost.start()
    eventually(redises.whole, "the old one follows, and its sentinel knows whom", seconds=PATIENCE)
    assert redises.master is not lost
    assert redises.reads() == b"after"

    async def ask():
        client = async_redis(redises.settings)
        try:
            return await client.get("key")
        finally:
            await client.aclose()
            pool = client.connection_pool
            await pool.sentinel_manager.aclose()  # type: ignore[attr-defined]  # of a sentinel's pool

    assert asyncio.run(ask()) == b"after"


def test_a_master_that_lost_its_volume_and_is_back_at_once_empties_nobody(redises):
    assert redises.writes("kept")
    lost = redises.master
    lost.kill()
    lost.lose_volume()
    before = lost.told("waiting")
    lost.start()  # waits until the others have another master
    eventually(lambda: redises.role(lost) == "slave", "it follows another one", seconds=PATIENCE)
    assert redises.reads() == b"kept"
    assert lost.told("waiting") > before
    eventually(redises.whole, "all are whole", seconds=PATIENCE)


def test_all_come_back_as_what_they_were(redises):
    redises.pods[0].kill()
    eventually(lambda: redises.writes("moved"), "another master", seconds=PATIENCE)
    moved_to = redises.master
    for pod in redises.pods[1:]:
        pod.kill()
    redises.start()
    assert redises.master is moved_to


def test_an_empty_volume_starts_nobody_before_another_sentinel_is_heard(redises):
    redises.writes("kept")
    for pod in redises.pods:
        pod.kill()
    first = redises.pods[0]
    first.lose_volume()
    before = first.told("no other sentinel answers")
    first.start()
    eventually(lambda: first.told("no other sentinel answers") > before, "it waits")
    assert redises.role(first) is None
    redises.start()
    assert redises.master is not first


def test_a_pod_that_ends_hands_over_before(redises):
    ending = redises.master
    written: list[int] = []
    over = Event()

    def write():
        while not over.is_set():
            with contextlib.suppress(redis.RedisError):
                redises.client.rpush("list", len(written))
                written.append(len(written))

    thread = Thread(target=write)
    thread.start()
    ending.stop()
    ending.terminate()
    before = len(written)
    eventually(lambda: len(written) > before, "writes are taken by another one", seconds=PATIENCE)
    over.set()
    thread.join()
    kept = [int(each) for each in redises.client.lrange("list", 0, -1)]
    assert [each for each in written if each not in kept] == []


def test_a_pod_is_ready_once_it_has_what_its_master_has(redises):
    eventually(lambda: all(pod.ready() for pod in redises.pods), "all are ready", seconds=PATIENCE)
    redises.master.kill()
    assert not all(pod.ready() for pod in redises.pods)


def test_callers_command_no_sentinel(redises):
    pod = redises.pods[0]
    with redis.Redis(pod.address, pod.ports["sentinel"], password=PASSWORDS["redis"]) as client:
        for command in ("FAILOVER redis", "REMOVE redis", "SET redis quorum 1"):
            with pytest.raises(redis.exceptions.NoPermissionError):
                client.execute_command(f"SENTINEL {command.split()[0]}", *command.split()[1:])
        with pytest.raises(redis.exceptions.NoPermissionError):
            client.execute_command("SHUTDOWN")


@pytest.mark.filterwarnings("ignore:Call to deprecated setex")  # by Celery
def test_celery_keeps_its_results_with_the_master(redises):
    told = Messaging.model_validate_json(manifests.files("messaging")["messaging.json"])
    broker = BrokerSettings(
        rabbitmq_host="nobody.invalid",
        rabbitmq_port=5672,
        rabbitmq_user="nobody",
        rabbitmq_password="nothing",  # type: ignore[arg-type]  # pydantic takes the text
        messaging_file=Path("not/read"),
    )
    app = celery_app("tests", settings=broker, messaging=told, results=redises.settings)
    app.backend.store_result("id", {"kept": True}, "SUCCESS")
    assert app.AsyncResult("id").get(timeout=5) == {"kept": True}
    assert redises.client.exists("celery-task-meta-id")


def test_the_exporter_tells_who_is_the_master_and_who_follows(redises, platform, tmp_path):
    pod = platform.manifests["StatefulSet/default/redis"]["spec"]["template"]["spec"]
    for each in redises.pods:
        exporter = Exporter(
            "redis", pod, secrets={"REDIS_PASSWORD": PASSWORDS["redis"]}, store=each.place, folder=tmp_path
        )
        for started in running(exporter):
            samples = started.samples()
        master = each is redises.master
        [role] = [name for name in samples if name.startswith("redis_instance_info")]
        assert f'role="{"master" if master else "slave"}"' in role
        assert samples["redis_connected_slaves"] == (2 if master else 0)


def test_what_the_maintenance_page_has_one_look_at_is_answered(redises, platform):
    page = platform.files["runbooks/redis-maintenance.md"].decode()
    commands = [line.partition(" -- ")[2] for line in page.splitlines() if " exec redis-0 " in line]
    masters, replicas, role = (redises.pods[0].run(command) for command in commands)
    assert redises.master.address in masters
    assert all(pod.address in replicas for pod in redises.pods if pod is not redises.master)
    assert f"role:{redises.role(redises.pods[0])}" in role


def test_callers_are_told_whom_to_ask_and_let_through(platform):
    container = platform.manifests["Deployment/waste/ai-worker"]["spec"]["template"]["spec"]["containers"][0]
    told = manifests.variables(container)
    assert told["REDIS_SENTINELS"] == ",".join(
        f"redis-{number}.redis.default.svc:26379" for number in range(3)
    )
    assert told["REDIS_MASTER"] == "redis"
    policy = platform.manifests["NetworkPolicy/default/redis"]["spec"]
    admitted = [port["port"] for each in policy["ingress"] for port in each["ports"]]
    assert {6379, 26379} <= set(admitted)
    failing = {each.rule for each in platform.report.findings if each.fails and each.waived is None}
    assert failing == {"budget/owner-cost"}  # nodes more are what the option costs


def test_a_single_redis_has_none_of_this():
    assert not [each for each in manifests.documents("StatefulSet") if each["metadata"]["name"] == "redis"]
    assert "sentinel" not in manifests.files("redis")["redis.conf"]
