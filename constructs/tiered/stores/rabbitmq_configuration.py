"""The files that a RabbitMQ node reads when it starts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction

from tiered.errors import TieredError
from tiered.messaging.accounts import Account
from tiered.messaging.definitions import definitions
from tiered.messaging.topology import Topology
from tiered.origin import Text
from tiered.quantity import parse

CONFIGURATION_PATH = "/etc/rabbitmq"
DATA_PATH = "/var/lib/rabbitmq"
DEFINITIONS_PATH = "/run/rabbitmq/definitions"
PASSWORDS_PATH = "/run/rabbitmq/passwords"
ERLANG_COOKIE = "erlang-cookie"

PLUGINS = ("rabbitmq_management", "rabbitmq_peer_discovery_k8s", "rabbitmq_prometheus")
_MEBIBYTE = 1024**2
_DEFAULT_CONSUMER_TIMEOUT = 1800


def files(
    topology: Topology, accounts: Sequence[Account], *, cluster: str, replicas: int, memory: str, disk: str
) -> dict[str, str]:
    """`rabbitmq.conf`, `enabled_plugins`, `definitions.json` and `accounts`, which `prepare` reads.

    Args:
        topology: the queues to be declared.
        accounts: users; each one's password is the Secret's key of the same name.
        cluster: name of the cluster.
        replicas: nodes of the cluster.
        memory: limit of a node's container.
        disk: size of a node's volume.

    Raises:
        TieredError: for an account called like the key of the Erlang cookie, or two of one name.
    """
    names = [account.name for account in accounts]
    for name in names:
        if name == ERLANG_COOKIE or names.count(name) > 1:
            raise TieredError(f"broker account {name!r} needs a name of its own: it is taken in the Secret")
    text = json.dumps(definitions(topology, accounts), indent=2, ensure_ascii=False) + "\n"
    return {
        "rabbitmq.conf": _conf(topology, cluster=cluster, replicas=replicas, memory=memory, disk=disk),
        "enabled_plugins": f"[{','.join(PLUGINS)}].\n",
        "definitions.json": Text(text, topology.origin) if topology.origin else text,
        "accounts": "".join(f"{account.name} {json.dumps(account.tags)}\n" for account in accounts),
    }


def _conf(topology: Topology, *, cluster: str, replicas: int, memory: str, disk: str) -> str:
    # 60 % of the limit is RabbitMQ's advice: garbage collection may double a process for a moment.
    watermark = parse(memory) * Fraction(6, 10)
    # Room for everything in memory to be written out once, and a tenth of the volume at least.
    free_disk = max(watermark, parse(disk) / 10)
    # A delivery is held as long as its task runs; twice that is a hung worker.
    consumer_timeout = max(_DEFAULT_CONSUMER_TIMEOUT, 2 * topology.longest_seconds)
    settings = {
        "cluster_name": cluster,
        "cluster_formation.peer_discovery_backend": "k8s",
        # Queues are declared only when all nodes are there, so that each has all its replicas at once …
        "cluster_formation.target_cluster_size_hint": replicas,
        "cluster_partition_handling": "pause_minority",
        # … and gets them back when a node was lost for good and came again empty.
        "quorum_queue.continuous_membership_reconciliation.enabled": "true",
        "quorum_queue.continuous_membership_reconciliation.target_group_size": replicas,
        "queue_leader_locator": "balanced",
        "consumer_timeout": consumer_timeout * 1000,
        "vm_memory_high_watermark.absolute": f"{int(watermark // _MEBIBYTE)}MiB",
        "disk_free_limit.absolute": f"{int(free_disk // _MEBIBYTE)}MiB",
        "definitions.import_backend": "local_filesystem",
        "definitions.local.path": DEFINITIONS_PATH,
        # An autoscaler's metric needs the length of each queue, which only the queue's leader exports.
        "prometheus.return_per_object_metrics": "true",
        "log.console": "true",
        "log.file": "false",
    }
    return "".join(f"{key} = {value}\n" for key, value in settings.items())


# Runs in the broker's own image before the broker. The files are imported in the order of their
# names, and permissions are refused for users that do not exist: users come first.
PREPARE = f"""\
set -eu
umask 077
cp {CONFIGURATION_PATH}/definitions.json {DEFINITIONS_PATH}/20-definitions.json
{{
  printf '{{"users":['
  separator=
  while read -r name tags; do
    password=$(cat "{PASSWORDS_PATH}/$name")
    case $password in
      ''|*[!A-Za-z0-9_-]*)
        echo "password of broker account $name: use letters, digits, - and _, and at least one" >&2
        exit 1 ;;
    esac
    printf '%s{{"name":"%s","password":"%s","tags":%s}}' "$separator" "$name" "$password" "$tags"
    separator=,
  done < {CONFIGURATION_PATH}/accounts
  printf ']}}'
}} > {DEFINITIONS_PATH}/10-users.json
rm -f {DATA_PATH}/.erlang.cookie
cp {PASSWORDS_PATH}/{ERLANG_COOKIE} {DATA_PATH}/.erlang.cookie
chmod 400 {DATA_PATH}/.erlang.cookie
"""
