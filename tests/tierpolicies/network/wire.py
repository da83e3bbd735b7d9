"""Pods as network namespaces of this machine, between which nftables enforces NetworkPolicies.

The rules are made from the policies' own words, by the oracle's reading of selectors and not by the
analyzer's: what connects here is a third opinion. Each pod hangs on a router by a cable of its own, as with
Calico; whoever is refused is told so at once. Needs root, `ip` and `nft`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType

from tests.tierpolicies.network.oracle import Object, home_of, labels_of, meets, named

_GATEWAY = "169.254.1.1"
_SERVER = """
import selectors, socket, sys
name, ports = sys.argv[1].encode(), [int(port) for port in sys.argv[2:]]
waiting = selectors.DefaultSelector()
for port in ports:
    listener = socket.create_server(("0.0.0.0", port), backlog=256)
    waiting.register(listener, selectors.EVENT_READ)
print("ready", flush=True)
while True:
    for key, _ in waiting.select():
        connection, _ = key.fileobj.accept()
        connection.sendall(name)
        connection.close()
"""
_CLIENT = """
import json, socket, sys
reached = []
for address, port in json.load(sys.stdin):
    try:
        with socket.create_connection((address, port), timeout=60) as connection:
            reached.append((address, port, connection.recv(200).decode()))
    except (ConnectionRefusedError, OSError) as error:
        if isinstance(error, TimeoutError):
            raise
print(json.dumps(reached))
"""


def why_not() -> str:
    """Why this machine does not permit it; nothing where it does."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    missing = [each for each in ("ip", "nft", "unshare") if shutil.which(each) is None]
    if missing:
        return f"missing: {', '.join(missing)}"
    script = "ip link add v0 type veth peer name v1 && nft add table inet t"
    tried = subprocess.run(
        ["unshare", "--net", "sh", "-c", script], capture_output=True, text=True, check=False
    )
    return "" if tried.returncode == 0 else f"the kernel refuses: {tried.stderr.strip()}"


@dataclass(frozen=True)
class Host:
    """A pod, or an outside address where `pod` is none; it listens on `ports`."""

    name: str
    address: str
    ports: tuple[int, ...]
    pod: Object | None = None


@dataclass
class Wire:
    """The cables and the rules between some hosts; a context."""

    hosts: Sequence[Host]
    policies: Sequence[Object]
    namespaces: Mapping[str, Mapping[str, str]]
    _servers: list[subprocess.Popen[str]] = field(default_factory=list)

    def __enter__(self) -> Wire:
        try:
            self._build()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers:
            server.kill()
            server.communicate()
        for space in (self._space("r"), *map(self._space, range(len(self.hosts)))):
            subprocess.run(["ip", "netns", "del", space], capture_output=True, check=False)

    def connects(self, source: Host, wanted: Iterable[tuple[Host, int]]) -> set[tuple[str, int]]:
        """Which of some hosts and ports a host reaches by TCP, and hears from by their names."""
        asked = [(host.address, port) for host, port in wanted]
        answer = subprocess.run(
            ["ip", "netns", "exec", self._space(self.hosts.index(source)), sys.executable, "-c", _CLIENT],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=True,
        )
        names = {host.address: host.name for host in self.hosts}
        reached = json.loads(answer.stdout)
        assert all(names[address] == name for address, _, name in reached)
        return {(name, port) for _, port, name in reached}

    def _space(self, number: int | str) -> str:
        return f"tierwright-{os.getpid()}-{number}"

    def _build(self) -> None:
        router = self._space("r")
        batch = [f"netns add {router}"]
        for number, host in enumerate(self.hosts):
            space = self._space(number)
            batch += [
                f"netns add {space}",
                f"link add c{number} netns {router} type veth peer name eth0 netns {space}",
                f"-n {router} address add {_GATEWAY}/32 dev c{number}",
                f"-n {router} link set c{number} up",
                f"-n {router} route add {host.address}/32 dev c{number}",
                f"-n {space} address add {host.address}/32 dev eth0",
                f"-n {space} link set eth0 up",
                f"-n {space} link set lo up",
                f"-n {space} route add {_GATEWAY} dev eth0",
                f"-n {space} route add default via {_GATEWAY}",
            ]
        for line in batch:
            subprocess.run(["ip", *line.split()], check=True)
        inside = ["ip", "netns", "exec", router]
        subprocess.run([*inside, "sysctl", "-qw", "net.ipv4.ip_forward=1"], check=True)
        subprocess.run([*inside, "nft", "-f", "-"], input="\n".join(self.rules()), text=True, check=True)
        for number, host in enumerate(self.hosts):
            command = [sys.executable, "-c", _SERVER, host.name, *map(str, host.ports)]
            server = subprocess.Popen(
                ["ip", "netns", "exec", self._space(number), *command], stdout=subprocess.PIPE, text=True
            )
            self._servers.append(server)
        for server in self._servers:
            assert server.stdout is not None
            assert server.stdout.readline() == "ready\n"

    def rules(self) -> Iterator[str]:
        """The policies as nftables has them: a chain for each pod and direction that one is for."""
        chains: list[str] = []
        jumps = ["ct state established,related accept"]
        for number, host in enumerate(self.hosts):
            for direction, mine in (("egress", "saddr"), ("ingress", "daddr")):
                policies = [each for each in self.policies if self._is_for(each, host, direction)]
                if policies:
                    jumps.append(f"ip {mine} {host.address} jump {direction}{number}")
                    chains.append(f"  chain {direction}{number} {{")
                    for policy in policies:
                        for rule in policy["spec"].get(direction) or []:
                            chains += (
                                f"    {each} return" for each in self._matches(policy, rule, host, direction)
                            )
                    chains.append("    meta l4proto tcp reject with tcp reset\n  }")
        yield "table inet guard {"
        yield from chains
        yield "  chain forward {\n    type filter hook forward priority 0; policy accept;"
        yield from (f"    {each}" for each in jumps)
        yield "  }\n}"

    def _is_for(self, policy: Object, host: Host, direction: str) -> bool:
        spec = policy["spec"]
        types = spec.get("policyTypes") or ["Ingress", *(["Egress"] if spec.get("egress") else [])]
        if host.pod is None or direction.capitalize() not in types or home_of(policy) != home_of(host.pod):
            return False
        return meets(spec.get("podSelector") or {}, labels_of(host.pod))

    def _matches(self, policy: Object, rule: Object, own: Host, direction: str) -> Iterator[str]:
        side, other = ("to", "daddr") if direction == "egress" else ("from", "saddr")
        peers = [""]
        if rule.get(side):
            peers = [
                f"ip {other} {each}" for peer in rule[side] for each in self._addresses(policy, peer, other)
            ]
        for peer in peers:
            for port in rule.get("ports") or [None]:
                yield from (f"{peer} {match}".strip() for match in self._ports(port, own, direction))

    def _addresses(self, policy: Object, peer: Object, other: str) -> Iterator[str]:
        block = peer.get("ipBlock")
        if block is not None:
            excepted = block.get("except") or []
            yield block["cidr"] + (f" ip {other} != {{ {', '.join(excepted)} }}" if excepted else "")
            return
        for host in self.hosts:
            if host.pod is None or not meets(peer.get("podSelector") or {}, labels_of(host.pod)):
                continue
            home = home_of(host.pod)
            labels = {"kubernetes.io/metadata.name": home, **self.namespaces.get(home, {})}
            where = peer.get("namespaceSelector")
            if home == home_of(policy) if where is None else meets(where, labels):
                yield host.address

    def _ports(self, port: Object | None, own: Host, direction: str) -> Iterator[str]:
        if port is None:
            yield ""
            return
        if (port.get("protocol") or "TCP") != "TCP":
            return
        wanted = port.get("port")
        if wanted is None:
            yield "meta l4proto tcp"
        elif isinstance(wanted, int):
            yield f"tcp dport {wanted}-{port.get('endPort') or wanted}"
        else:
            destinations = [own] if direction == "ingress" else self.hosts
            for each in destinations:
                known = named(each.pod, wanted) if each.pod is not None else None
                if known is not None and known[0] == "TCP":
                    yield f"ip daddr {each.address} tcp dport {known[1]}"
