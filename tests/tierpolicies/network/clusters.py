"""Random clusters, small and crowded, so that policies meet, in every form of the API."""

import json
from collections.abc import Collection
from random import Random

from tests.tierpolicies.network.oracle import Cluster, Object, Packet, named
from tierpolicies.documents.reader import read_files
from tierpolicies.engine.index import Index

NAMESPACES = ("default", "shop", "store")
KEYS, VALUES = ("app", "tier"), ("a", "b", "c")
NAMES = ("http", "dns", "admin")
PROTOCOLS = ("TCP", "UDP", "SCTP")
PORTS = (1, 53, 79, 80, 81, 443, 8079, 8080, 8085, 8090, 8091, 9000, 65535)
BLOCKS = ("0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "192.168.0.0/16", "::/0", "fd00::/8")
INNER = {
    "0.0.0.0/0": ("10.0.0.0/8", "169.254.169.254/32", "128.0.0.0/1"),
    "10.0.0.0/8": ("10.1.0.0/16", "10.0.0.0/9"),
    "10.1.0.0/16": ("10.1.2.0/24",),
    "::/0": ("fd00::/8",),
    "fd00::/8": ("fd00:1::/32",),
}
ADDRESSES = ("10.1.2.3", "10.1.3.4", "10.200.0.1", "192.168.1.1", "169.254.169.254", "1.1.1.1", "200.0.0.1")
ADDRESSES6 = ("fd00::1", "fd00:1::1", "2001:db8::1")


def maybe(random: Random, chance: float) -> bool:
    return random.random() < chance


def labels(random: Random) -> dict[str, str]:
    return {key: random.choice(VALUES) for key in KEYS if maybe(random, 0.7)}


def selector(random: Random) -> Object:
    found: Object = {}
    if maybe(random, 0.5):
        found["matchLabels"] = {random.choice(KEYS): random.choice(VALUES)}
    if maybe(random, 0.35):
        operator = random.choice(("In", "NotIn", "Exists", "DoesNotExist"))
        term: Object = {"key": random.choice((*KEYS, "kubernetes.io/metadata.name")), "operator": operator}
        if operator in ("In", "NotIn"):
            term["values"] = random.sample((*VALUES, *NAMESPACES), random.randint(1, 3))
        found["matchExpressions"] = [term]
    return found


def peer(random: Random) -> Object:
    if maybe(random, 0.3):
        cidr = random.choice(BLOCKS)
        block: Object = {"cidr": cidr}
        if cidr in INNER and maybe(random, 0.5):
            block["except"] = random.sample(INNER[cidr], random.randint(1, len(INNER[cidr])))
        return {"ipBlock": block}
    found: Object = {}
    if maybe(random, 0.6):
        found["namespaceSelector"] = selector(random)
    if not found or maybe(random, 0.6):
        found["podSelector"] = selector(random)
    return found


def port(random: Random) -> Object:
    found: Object = {} if maybe(random, 0.3) else {"protocol": random.choice(PROTOCOLS)}
    if maybe(random, 0.85):
        found["port"] = random.choice(NAMES) if maybe(random, 0.3) else random.choice(PORTS)
        if isinstance(found["port"], int) and maybe(random, 0.3):
            found["endPort"] = min(65535, found["port"] + random.choice((0, 1, 10, 60000)))
    return found


def rule(random: Random, side: str) -> Object:
    found: Object = {}
    if maybe(random, 0.8):
        found[side] = [peer(random) for _ in range(random.randint(0, 3))]
    if maybe(random, 0.7):
        found["ports"] = [port(random) for _ in range(random.randint(0, 3))]
    return found


def policy(random: Random, number: int) -> Object:
    spec: Object = {} if maybe(random, 0.1) else {"podSelector": selector(random)}
    for direction, side in (("ingress", "from"), ("egress", "to")):
        if maybe(random, 0.6):
            spec[direction] = [rule(random, side) for _ in range(random.randint(0, 2))]
    if maybe(random, 0.6):
        spec["policyTypes"] = random.choice((["Ingress"], ["Egress"], ["Ingress", "Egress"], []))
    return made("networking.k8s.io/v1", "NetworkPolicy", f"np-{number}", random.choice(NAMESPACES), spec)


def subject(random: Random) -> Object:
    if maybe(random, 0.5):
        return {"namespaces": selector(random)}
    return {"pods": {"namespaceSelector": selector(random), "podSelector": selector(random)}}


def admin_port(random: Random) -> Object:
    protocol = {} if maybe(random, 0.3) else {"protocol": random.choice(PROTOCOLS)}
    form = random.choice(("portNumber", "portRange", "namedPort"))
    if form == "namedPort":
        return {form: random.choice(NAMES)}
    first = random.choice(PORTS)
    if form == "portNumber":
        return {form: {**protocol, "port": first}}
    return {form: {**protocol, "start": first, "end": min(65535, first + random.choice((0, 10, 60000)))}}


def admin_rule(random: Random, side: str, actions: tuple[str, ...]) -> Object:
    peers = [subject(random) for _ in range(random.randint(1, 2))]
    if side == "to" and maybe(random, 0.4):
        peers.append({"networks": random.sample(BLOCKS, random.randint(1, 2))})
    found: Object = {"name": "r", "action": random.choice(actions), side: peers}
    if maybe(random, 0.7):
        found["ports"] = [admin_port(random) for _ in range(random.randint(1, 3))]
    return found


def admin(random: Random, kind: str, name: str, priority: int | None) -> Object:
    spec: Object = {"subject": subject(random)}
    if priority is not None:
        spec["priority"] = priority
    actions = ("Allow", "Deny", "Pass") if priority is not None else ("Allow", "Deny")
    for direction, side in (("ingress", "from"), ("egress", "to")):
        if maybe(random, 0.7):
            spec[direction] = [admin_rule(random, side, actions) for _ in range(random.randint(1, 3))]
    return made("policy.networking.k8s.io/v1alpha1", kind, name, "", spec)


def pod(random: Random, number: int) -> Object:
    ports = []
    for name in random.sample(NAMES, random.randint(0, 3)):
        each: Object = {"name": name, "containerPort": random.choice(PORTS)}
        if maybe(random, 0.5):
            each["protocol"] = random.choice(PROTOCOLS)
        ports.append(each)
    namespace = random.choice(("", *NAMESPACES))
    found = made("v1", "Pod", f"pod-{number}", namespace, {"containers": [{"name": "main", "ports": ports}]})
    found["metadata"]["labels"] = labels(random)
    return found


def made(api: str, kind: str, name: str, namespace: str, spec: Object) -> Object:
    metadata: Object = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": spec}


def cluster(random: Random) -> Cluster:
    namespaces = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels(random)}}
        for name in NAMESPACES
        if maybe(random, 0.7)
    ]
    with_admin = maybe(random, 0.5)
    priorities = random.sample(range(5), random.randint(1, 3)) if with_admin else []
    return Cluster(
        namespaces,
        [pod(random, number) for number in range(random.randint(2, 7))],
        [policy(random, number) for number in range(random.randint(0, 6))],
        [admin(random, "AdminNetworkPolicy", f"anp-{each}", each) for each in priorities],
        [admin(random, "BaselineAdminNetworkPolicy", "default", None)]
        if with_admin and maybe(random, 0.5)
        else [],
    )


def index_of(given: Cluster) -> Index:
    """The cluster as the analyzer reads it."""
    objects = [*given.namespaces, *given.pods, *given.policies, *given.admin, *given.baseline]
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    return Index(read_files({"cluster.json": text.encode()}).manifests)


def packet(random: Random, given: Cluster, *, families: Collection[int]) -> Packet:
    """A packet that policies may care for: to a port that is mentioned, or beside one."""
    addresses = (*ADDRESSES, *(ADDRESSES6 if 6 in families else ()))
    source, destination = random.sample(given.pods, 2)
    ends: list[Object | str] = [source, destination]
    if maybe(random, 0.35):
        ends[random.randint(0, 1)] = random.choice(addresses)
    protocol, number = random.choice(PROTOCOLS), random.choice(PORTS)
    known = named(ends[1], random.choice(NAMES))
    if known is not None and maybe(random, 0.3):
        protocol, number = known
    return Packet(ends[0], ends[1], protocol, number)
