from __future__ import annotations

import pytest

from tiered.errors import TieredError
from tiered.messaging.accounts import Account
from tiered.stores.rabbitmq import RabbitMQ
from tiered.stores.rabbitmq_node import CLUSTER_PORTS
from tiered.stores.store import VolumeClaim
from tiered.workloads.container import Resources


@pytest.fixture
def build(chart, placement, resources, topology):
    def make(**more):
        settings = {
            "image": "docker.io/library/rabbitmq:4.2.1-management",
            "replicas": 3,
            "topology": topology,
            "accounts": [Account(name="waste", publishes=["q.ai"])],
            "secret": "rabbitmq",
            "resources": resources,
            "volume": VolumeClaim(size="20480Mi", storage_class="gp3"),
            "placement": placement,
        }
        return RabbitMQ(chart, "rabbitmq", **{**settings, **more})

    return make


def test_three_nodes_find_each_other_by_name_without_a_token(build, made):
    # WHEN
    broker = build()
    objects = made()
    # THEN
    assert (broker.host, broker.port) == ("rabbitmq.waste.svc", 5672)
    nodes = objects["Service", "rabbitmq-nodes"]["spec"]
    assert nodes["clusterIP"] == "None"
    assert nodes["publishNotReadyAddresses"] is True
    assert {port["name"]: port["port"] for port in nodes["ports"]} == CLUSTER_PORTS
    spec = objects["StatefulSet", "rabbitmq"]["spec"]
    assert (spec["replicas"], spec["serviceName"]) == (3, "rabbitmq-nodes")
    assert spec["podManagementPolicy"] == "Parallel"
    pod = spec["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    environment = {variable["name"]: variable for variable in pod["containers"][0]["env"]}
    assert list(environment).index("POD_NAME") < list(environment).index("RABBITMQ_NODENAME")
    assert environment["RABBITMQ_NODENAME"]["value"] == (
        "rabbit@$(POD_NAME).rabbitmq-nodes.waste.svc.cluster.local"
    )


def test_clients_and_prometheus_reach_one_service(build, made):
    build()

    ports = made()["Service", "rabbitmq"]["spec"]["ports"]
    assert {port["name"]: port["port"] for port in ports} == {
        "amqp": 5672,
        "management": 15672,
        "prometheus": 15692,
    }


def test_a_cluster_keeps_its_quorum_when_nodes_are_drained(build, made):
    build()
    objects = made()

    assert objects["PodDisruptionBudget", "rabbitmq"]["spec"]["maxUnavailable"] == 1
    pod = objects["StatefulSet", "rabbitmq"]["spec"]["template"]["spec"]
    [constraint] = pod["topologySpreadConstraints"]
    assert constraint["whenUnsatisfiable"] == "ScheduleAnyway"
    [broker] = pod["containers"]
    hook = broker["lifecycle"]["preStop"]["exec"]["command"][-1]
    assert "await_online_quorum_plus_one -t 120" in hook
    assert "drain" in hook
    assert pod["terminationGracePeriodSeconds"] > 120 + 60
    assert broker["livenessProbe"]["tcpSocket"] == {"port": "cluster"}
    assert broker["readinessProbe"]["tcpSocket"] == {"port": "amqp"}


def test_a_single_node_waits_for_nobody(build, made):
    build(replicas=1)
    objects = made()

    assert ("PodDisruptionBudget", "rabbitmq") not in objects
    pod = objects["StatefulSet", "rabbitmq"]["spec"]["template"]["spec"]
    assert "lifecycle" not in pod["containers"][0]
    assert "topologySpreadConstraints" not in pod


def test_its_data_survives_and_only_a_person_removes_it(build, made):
    build()
    stateful_set = made()["StatefulSet", "rabbitmq"]

    assert stateful_set["metadata"]["annotations"]["argocd.argoproj.io/sync-options"] == (
        "Prune=confirm,Delete=confirm"
    )
    [claim] = stateful_set["spec"]["volumeClaimTemplates"]
    assert claim["spec"]["storageClassName"] == "gp3"
    assert claim["spec"]["resources"] == {"requests": {"storage": "20Gi"}}


def test_passwords_are_seen_by_the_init_container_alone(build, made):
    build()
    pod = made()["StatefulSet", "rabbitmq"]["spec"]["template"]["spec"]

    [prepare], [broker] = pod["initContainers"], pod["containers"]
    assert "passwords" in [mount["name"] for mount in prepare["volumeMounts"]]
    assert "passwords" not in [mount["name"] for mount in broker["volumeMounts"]]
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    assert volumes["definitions"]["emptyDir"]["medium"] == "Memory"
    assert volumes["passwords"]["secret"]["secretName"] == "rabbitmq"
    for container in (prepare, broker):
        assert container["securityContext"]["readOnlyRootFilesystem"] is True


@pytest.mark.parametrize("replicas", [0, 2, 4])
def test_an_even_cluster_is_refused(build, replicas):
    with pytest.raises(TieredError, match="write 1, 3 or 5"):
        build(replicas=replicas)


def test_a_node_without_a_memory_limit_is_refused(build):
    with pytest.raises(TieredError, match="give it a memory limit"):
        build(resources=Resources(requests={"memory": "1Gi"}, limits={}))
