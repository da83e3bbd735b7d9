"""Three brokers as delivered: what they survive, and what the maintenance page says to do about the rest."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
from functools import partial

import amqp
import pytest
from amqp.exceptions import AMQPError

from tests.servers import manifests
from tests.servers.fixtures import running
from tests.servers.process import REPOSITORY
from tests.servers.rabbitmq_cluster import Cluster
from tests.servers.waiting import eventually

MESSAGING = json.loads(manifests.files("messaging")["messaging.json"])
QUEUE, KEY = "q.batch", "batch.report.generate"
PATIENCE = 180

pytestmark = pytest.mark.xdist_group("cluster")


@pytest.fixture(scope="module")
def nodes():
    yield from running(Cluster())


@pytest.fixture
def cluster(nodes):
    """Three whole nodes, the queues empty; whatever a test left broken is up again."""
    nodes.start()
    with nodes.nodes[0].connect() as connection:
        for queue in MESSAGING["queues"]:
            connection.channel().queue_purge(queue)
    return nodes


PAGE = REPOSITORY / "dist/prod/runbooks/rabbitmq-maintenance.md"
_COMMAND = re.compile(r"kubectl -n messaging exec rabbitmq-(\d) -- (.+)")
_NODE = re.compile(r"rabbit@rabbitmq-(\d)\.\S+")


def follow(cluster, title, *, block=0):
    """Run the commands of a section of the maintenance page, each in the pod that it names."""
    section = PAGE.read_text().partition(f"## {title}\n")[2].partition("\n## ")[0]
    commands = _COMMAND.findall(section.split("```bash\n")[block + 1].partition("```")[0])
    assert commands, title
    for pod, command in commands:
        words = _NODE.sub(lambda named: cluster.nodes[int(named[1])].name, command).split()
        cluster.nodes[int(pod)].run(*words)


class Publisher:
    """Publishes numbers, each until a node confirms it, by whichever node takes it."""

    def __init__(self, cluster):
        self._turns = itertools.cycle(cluster.nodes)
        self._node = next(self._turns)
        self._connection = None
        self.confirmed = []

    def publish(self, count):
        for number in range(len(self.confirmed), len(self.confirmed) + count):
            eventually(partial(self._offer, number), f"message {number} is confirmed", seconds=PATIENCE)
            self.confirmed.append(str(number))

    def _offer(self, number):
        try:
            self._connection = self._connection or self._node.connect()
            message = amqp.Message(str(number), delivery_mode=2)
            self._connection.channel(1).basic_publish(message, MESSAGING["exchange"], KEY)
        except (OSError, AMQPError):
            self.close()
            self._node = next(self._turns)
            return False
        return True

    def close(self):
        if self._connection:
            with contextlib.suppress(OSError, AMQPError):
                self._connection.close()
        self._connection = None


@pytest.fixture
def publisher(cluster):
    made = Publisher(cluster)
    yield made
    made.close()


def _drain(node, count):
    """Everything in the queue, once `count` messages have been seen: a publisher that repeats sends twice."""
    seen = set()
    with node.connect() as connection:
        channel = connection.channel()

        def all_seen():
            while message := channel.basic_get(QUEUE, no_ack=True):
                seen.add(message.body)
            return len(seen) >= count

        eventually(all_seen, f"{count} messages come back", seconds=PATIENCE)
    return seen


def test_every_queue_is_on_every_node(cluster):
    names = sorted(node.name for node in cluster.nodes)
    assert {each["name"]: sorted(each["members"]) for each in cluster.queues()} == dict.fromkeys(
        [*MESSAGING["queues"], MESSAGING["dead_letter"]["queue"]], names
    )
    running = [each["name"] for each in cluster.nodes[0].management("/nodes") if each["running"]]
    assert sorted(running) == names


def test_leaders_are_spread_by_the_command_of_the_maintenance_page(cluster):
    follow(cluster, "Leaders")
    eventually(
        lambda: len({each["leader"] for each in cluster.queues()}) == len(cluster.nodes),
        "each node leads some queue",
        seconds=PATIENCE,
    )


def test_nothing_confirmed_is_lost_with_the_node_that_leads(cluster, publisher):
    publisher.publish(200)
    leader = cluster.leader(QUEUE)
    leader.process.kill()
    publisher.publish(200)
    survivor = next(node for node in cluster.nodes if node is not leader)
    assert _drain(survivor, 400) >= set(publisher.confirmed)
    publisher.publish(10)
    cluster.start()  # the killed one catches up
    assert _drain(leader, 10) >= set(publisher.confirmed[-10:])


def test_a_rolling_update_keeps_the_quorum_and_every_message(cluster, publisher):
    publisher.publish(50)
    for node in reversed(cluster.nodes):  # as a StatefulSet goes about it
        node.delete_pod()
        others = [each for each in cluster.nodes if each is not node]
        assert all(each.is_ready for each in others)
        # What it led is led by another already, before its process ended.
        assert cluster.leader(QUEUE) in others
        publisher.publish(20)
        node.start()
        node.wait_ready()
    cluster.start()
    assert _drain(cluster.nodes[0], 110) >= set(publisher.confirmed)


def test_a_minority_takes_nothing_and_loses_nothing(cluster, publisher):
    publisher.publish(20)
    last, *others = cluster.nodes
    for node in others:
        node.process.kill()
    eventually(lambda: not last.is_ready, "the one that is left is not ready", seconds=PATIENCE)
    assert last.process.running
    others[0].start()
    eventually(lambda: last.is_ready, "with a second one it is", seconds=PATIENCE)
    publisher.publish(1)
    assert _drain(last, 21) >= set(publisher.confirmed)


def test_all_come_back_after_all_have_stopped(cluster, publisher):
    publisher.publish(20)
    for node in cluster.nodes:
        node.process.terminate(seconds=60)
    cluster.start()
    assert _drain(cluster.nodes[1], 20) >= set(publisher.confirmed)


def test_a_node_without_its_volume_comes_back_as_the_maintenance_page_says(cluster, publisher):
    publisher.publish(20)
    lost = cluster.nodes[2]
    lost.process.kill()
    lost.lose_volume()
    lost.start()  # it asks to join again and again, and is refused while the others still know it
    follow(cluster, "A node has lost its volume", block=0)
    lost.wait_ready()
    cluster.start()  # waits until it has a replica of each queue again
    assert _drain(lost, 20) >= set(publisher.confirmed)


def test_the_first_node_without_its_volume_joins_another_as_the_maintenance_page_says(cluster, publisher):
    publisher.publish(20)
    first = cluster.nodes[0]
    first.process.kill()
    first.lose_volume()
    first.begin_alone()  # as ordinal 0 does on Kubernetes
    first.start()
    first.wait_ready()
    follow(cluster, "A node has lost its volume", block=1)
    cluster.start()
    assert _drain(first, 20) >= set(publisher.confirmed)


def test_the_page_shows_how_to_look(cluster):
    section = PAGE.read_text().partition("```bash\n")[2].partition("```")[0]
    for pod, command in _COMMAND.findall(section):
        assert cluster.nodes[int(pod)].run(*command.split())
