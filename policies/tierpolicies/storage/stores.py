"""Databases and the volumes that data is on, as manifests show them."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.index import Index
from tierpolicies.engine.workload import Pod, Workload
from tierpolicies.workloads.images import parse

_POSTGRES, _MYSQL, _MONGO = "PostgreSQL", "MySQL", "MongoDB"
_PRODUCTS = {
    "postgres": _POSTGRES,
    "postgresql": _POSTGRES,
    "postgis": _POSTGRES,
    "timescaledb": _POSTGRES,
    "timescaledb-ha": _POSTGRES,
    "pgvector": _POSTGRES,
    "mysql": _MYSQL,
    "mysql-server": _MYSQL,
    "percona": _MYSQL,
    "percona-server": _MYSQL,
    "mariadb": "MariaDB",
    "mongo": _MONGO,
    "mongodb": _MONGO,
    "mongodb-community-server": _MONGO,
    "cassandra": "Cassandra",
    "clickhouse": "ClickHouse",
    "clickhouse-server": "ClickHouse",
    "cockroach": "CockroachDB",
    "couchdb": "CouchDB",
    "elasticsearch": "Elasticsearch",
    "opensearch": "OpenSearch",
    "etcd": "etcd",
    "influxdb": "InfluxDB",
    "neo4j": "Neo4j",
    "rabbitmq": "RabbitMQ",
    "scylla": "ScyllaDB",
    "zookeeper": "ZooKeeper",
    "consul": "Consul",
}
"""The product in an image, by the last part of its name. Redis is left out: it may be a cache."""
QUORUMS = frozenset(("etcd", "RabbitMQ", "ZooKeeper", "Consul"))
"""Products whose members vote, each with one vote."""
DUMPED = frozenset((_POSTGRES, _MYSQL, "MariaDB", _MONGO))
"""Databases of record: what is lost in them is lost."""
_PASSING = frozenset(
    ("emptyDir", "configMap", "secret", "projected", "downwardAPI", "ephemeral", "gitRepo", "image", "name")
)
"""Sources of volumes that are gone with the pod or hold no data of it."""
SINGLE_NODE = frozenset(("ReadWriteOnce", "ReadWriteOncePod"))
CLAIM = "persistentVolumeClaim"
HOLDS = "tierwright.dev/holds"
"""The annotation or label by which a store says in words what it holds."""
_KEPT = {"results", "progress", "blacklist"}
_WORD = re.compile(r"[a-z]+")


class Claim(NamedTuple):
    """A PersistentVolumeClaim that a pod mounts by name, and where the pod names it."""

    manifest: Manifest
    at: View

    @property
    def modes(self) -> frozenset[str]:
        """How it may be mounted."""
        return frozenset(each.text for each in self.manifest.view["spec"]["accessModes"])

    @property
    def is_of_one_node(self) -> bool:
        """Whether pods on one node only can mount it."""
        return bool(self.modes) and self.modes <= SINGLE_NODE


def product(pod: Pod) -> str:
    """The database or broker that a pod runs, by its images; empty for none or for pods that end."""
    if pod.finishes:
        return ""
    for container in pod.running:
        found = _of_image(container["image"].text)
        if found:
            return found
    return ""


def is_postgres(image: str) -> bool:
    """Whether an image is a PostgreSQL server's."""
    return _of_image(image) == _POSTGRES


def kept(manifest: Manifest) -> list[str]:
    """What an object says that it holds and that must not be lost."""
    metadata = manifest.view["metadata"]
    said = metadata["annotations"][HOLDS].text or metadata["labels"][HOLDS].text
    return sorted(_KEPT & set(_WORD.findall(said)))


def keeps(pod: Pod) -> bool:
    """Whether a pod has a volume that outlives it."""
    if pod.manifest.view["spec"]["volumeClaimTemplates"]:
        return True
    return any(set(volume.mapping) - _PASSING for volume in pod.spec["volumes"])


def claims(index: Index, workload: Workload) -> Iterator[Claim]:
    """The claims of the tree that a workload's pods share."""
    for volume in workload.pod["volumes"]:
        name = volume[CLAIM]["claimName"]
        if name.text and volume[CLAIM]["readOnly"].value is not True:
            claim = index.find("PersistentVolumeClaim", name.text, workload.manifest.namespace)
            if claim is not None:
                yield Claim(claim, name)


def claim_specs(index: Index) -> Iterator[tuple[Manifest, View]]:
    """The metadata and spec of every claim of the tree, a StatefulSet's templates among them."""
    for claim in index.of_kind("PersistentVolumeClaim"):
        yield claim, claim.view
    for owner in index.of_kind("StatefulSet"):
        for template in owner.view["spec"]["volumeClaimTemplates"]:
            yield owner, template


@lru_cache(maxsize=1024)
def _of_image(image: str) -> str:
    return _PRODUCTS.get(parse(image).repository.rpartition("/")[2], "")


class StorageClasses:
    """The StorageClasses of a tree, and the PersistentVolumes in it."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._default = next((each for each in index.of_kind("StorageClass") if _is_default(each)), None)

    def of(self, claim: View) -> Manifest | None:
        """The class that makes the volume of a claim; nothing where the tree does not show it."""
        name = claim["spec"]["storageClassName"]
        if claim["spec"]["volumeName"].text or (name and not name.text):
            return None  # a volume that is there already
        return self._index.find("StorageClass", name.text) if name else self._default

    def source(self, claim: View) -> Manifest | None:
        """The class, or the volume that the claim names."""
        volume = claim["spec"]["volumeName"].text
        return self._index.find("PersistentVolume", volume) if volume else self.of(claim)


def _is_default(storage_class: Manifest) -> bool:
    annotations = storage_class.view["metadata"]["annotations"]
    return annotations["storageclass.kubernetes.io/is-default-class"].text == "true"
