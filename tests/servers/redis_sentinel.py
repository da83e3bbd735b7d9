"""Three Redis with sentinels, started by the lines of their generated StatefulSet."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import redis

from apps.common.redis import sync_redis
from apps.common.settings import RedisSettings
from tests.servers import manifests
from tests.servers.ports import free_port
from tests.servers.process import Process
from tests.servers.waiting import eventually

ADDRESSES = ["127.0.0.2", "127.0.0.3", "127.0.0.4"]
"""One for each pod: they listen on the same ports, as pods do."""
PASSWORDS = {"redis": "client-test-password", "replication": "replication-test-password"}
PATIENCE = 90
"""Seconds: two periods of silence, an election, and a machine with other work."""


class Pod:
    """A server and its sentinel."""

    def __init__(self, platform, number, ports, base):
        self.address = ADDRESSES[number]
        self.folder = base / str(number)
        self.ports = ports
        self._configuration = platform.manifests["ConfigMap/default/redis"]["data"]["redis.conf"]
        pod = platform.manifests["StatefulSet/default/redis"]["spec"]["template"]["spec"]
        self._server = pod["containers"][0]
        self.processes = [self._process(each) for each in pod["containers"][:2]]

    def start(self):
        for name in ("data", "run", "etc"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        here = manifests.substituted(
            self._configuration,
            {"dir /data": f"dir {self.folder}/data\nbind {self.address}\nport {self.ports['redis']}"},
        )
        (self.folder / "etc" / "redis.conf").write_text(here)
        for process in self.processes:
            process.start()

    def kill(self):
        for process in self.processes:
            process.kill()

    def terminate(self):
        for process in self.processes:
            process.terminate()

    def lose_volume(self):
        shutil.rmtree(self.folder / "data")

    def told(self, words):
        """How often its server has said this."""
        return self.processes[0].log.read_text().count(words)

    @property
    def place(self):
        """Where its server listens, as `host:port`."""
        return f"{self.address}:{self.ports['redis']}"

    def ready(self):
        """What its readiness probe says."""
        return self._run(self._server["readinessProbe"]["exec"]["command"][2]).returncode == 0

    def stop(self):
        """What its server does before it ends."""
        self._run(self._server["lifecycle"]["preStop"]["exec"]["command"][2]).check_returncode()

    def run(self, command):
        """What a command prints in one of its containers."""
        ran = self._run(command)
        ran.check_returncode()
        return ran.stdout

    def _run(self, script):
        return subprocess.run(
            ["sh", "-c", self._here(script)],
            env=self._variables(self._server),
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )

    def _process(self, container):
        shell, flag, script = container["command"]
        log = self.folder.parent / f"{self.folder.name}-{container['name']}.log"
        called = [shell, flag, self._here(script)]
        return Process(called, self._variables(container), log=log, name=f"{container['name']} {log.name}")

    def _variables(self, container):
        secrets = {
            each["name"]: PASSWORDS[each["valueFrom"]["secretKeyRef"]["key"]]
            for each in container["env"]
            if "secretKeyRef" in each.get("valueFrom", {})
        }
        hosts = manifests.variables(container)["PEERS"].split()
        return (
            manifests.variables(container)
            | {"HOST": self.address, "PEERS": " ".join(ADDRESSES[: len(hosts)])}
            | secrets
        )

    def _here(self, script):
        """The script with this machine's folders, ports and addresses."""
        for old, new in {
            "redis-cli -p 26379": f"redis-cli -h {self.address} -p {self.ports['sentinel']}",
            "/data/": f"{self.folder}/data/",
            "/run/redis/": f"{self.folder}/run/",
            "/etc/redis/": f"{self.folder}/etc/",
            " 26379": f" {self.ports['sentinel']}",
            " 6379": f" {self.ports['redis']}",
            "dir /tmp": f"dir {self.folder}/run\nbind {self.address}",
            "redis-cli info": f"redis-cli -h {self.address} -p {self.ports['redis']} info",
        }.items():
            script = script.replace(old, new)
        return script


class Redises:
    """The pods of the StatefulSet, and a client as the apps have it."""

    def __init__(self, platform):
        self._base = Path(tempfile.mkdtemp(prefix="tests-sentinel-"))
        ports = {"redis": free_port(), "sentinel": free_port()}
        self.pods = [Pod(platform, number, ports, self._base) for number in range(3)]
        self.settings = RedisSettings(
            host="nobody.invalid",
            port=ports["redis"],
            password=PASSWORDS["redis"],  # type: ignore[arg-type] # pydantic takes the text
            sentinels=",".join(f"{address}:{ports['sentinel']}" for address in ADDRESSES),
            master="redis",
        )
        self.client = sync_redis(self.settings)

    def start(self):
        for pod in self.pods:
            pod.start()
        eventually(lambda: self.writes("started"), "a replicated write is taken", seconds=PATIENCE)
        eventually(self.whole, "every sentinel knows all others and both replicas", seconds=PATIENCE)
        return self

    def whole(self):
        """Whether one is the master, two follow it, and every sentinel says so."""
        if self.role_counts() != {"master": 1, "slave": 2}:
            return False
        known = [self.told_by(pod) for pod in self.pods]
        return known == [(self.master.address, 2, 2)] * 3

    def told_by(self, pod):
        """What a pod's sentinel says, asked as the apps may: the master, its replicas, other sentinels."""
        try:
            with redis.Redis(pod.address, pod.ports["sentinel"], password=PASSWORDS["redis"]) as client:
                told = client.sentinel_master("redis")
        except redis.RedisError:
            return None
        return told["ip"], told["num-slaves"], told["num-other-sentinels"]

    def writes(self, value):
        try:
            return bool(self.client.set("key", value)) and self.client.wait(2, 1000) >= 1
        except redis.RedisError:
            return False

    def reads(self):
        try:
            return self.client.get("key")
        except redis.RedisError:
            return None

    def role(self, pod):
        try:
            with redis.Redis(pod.address, pod.ports["redis"], password=PASSWORDS["redis"]) as client:
                return client.info("replication")["role"]
        except redis.RedisError:
            return None

    def role_counts(self):
        found = [role for pod in self.pods if (role := self.role(pod))]
        return {role: found.count(role) for role in set(found)}

    @property
    def master(self):
        return next(pod for pod in self.pods if self.role(pod) == "master")

    def close(self):
        self.client.close()
        pool = self.client.connection_pool
        for sentinel in pool.sentinel_manager.sentinels:  # type: ignore[attr-defined]  # of a sentinel's pool
            sentinel.close()
        for pod in self.pods:
            pod.terminate()
        shutil.rmtree(self._base, ignore_errors=True)
