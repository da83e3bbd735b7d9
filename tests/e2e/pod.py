"""One pod: a process with what its manifest gives it, watched by its probes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.e2e import kubelet
from tests.e2e.manifests import ManifestError, Manifests, Object, told
from tests.e2e.probes import Probe
from tests.e2e.substitutions import LOOPBACK, Substitution, Surroundings
from tests.servers.ports import free_port
from tests.servers.process import REPOSITORY, Process

_TICK = 0.05
_COPY = re.compile(r"^COPY (apps/\S+) /app/(\S+)$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Node:
    """What pods are made with.

    Attributes:
        token: Makes the token of a ServiceAccount, by namespace, name and audience.
        folder: Where pods have their files and logs.
    """

    manifests: Manifests
    surroundings: Surroundings
    secrets: Mapping[tuple[str, str], Mapping[str, str]]
    token: Callable[[str, str, str], str]
    folder: Path


class Pod:
    """The pod of a workload: its process, its readiness, and what went wrong with it.

    Raises:
        ManifestError: the kubelet could not start it, or these tests could not without a substitution
            that is not allowed.
    """

    def __init__(self, node: Node, workload: Object, *, index: int = 0) -> None:
        template = workload["spec"]["template"]
        self.owner = told(workload)
        self.namespace = workload["metadata"]["namespace"]
        self.workload: str = workload["metadata"]["name"]
        self.name = f"{self.workload}-{index}"
        self.labels: dict[str, str] = template["metadata"]["labels"]
        self.spec: Object = template["spec"]
        if len(self.spec["containers"]) != 1 or self.spec.get("initContainers"):
            message = f"{self.owner} has other containers beside its own, which these tests do not know"
            raise ManifestError(message)
        self.container: Object = self.spec["containers"][0]
        numbers = [each["containerPort"] for each in self.container.get("ports", [])]
        self.ports = {number: free_port() for number in numbers}
        self.problems: list[str] = []
        self.ready = False
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self.process = self._process(node)
        kinds = ("startupProbe", "readinessProbe", "livenessProbe")
        self.startup, self.readiness, self.liveness = (
            Probe.of(self.container, kind, self.ports, self.owner) for kind in kinds
        )
        self._watch = threading.Thread(target=self._watched, name=self.name, daemon=True)

    @property
    def started(self) -> bool:
        """Whether its startup probe has passed, where it has one."""
        return self.startup is None or self.startup.passed

    def port(self, named: str | int) -> int | None:
        """The local port of a container's port, by its name or number."""
        for each in self.container.get("ports", []):
            if named in (each.get("name"), each["containerPort"]):
                return self.ports[each["containerPort"]]
        return None

    def start(self) -> None:
        self.process.start()
        self._watch.start()

    def wait_ready(self) -> None:
        """Wait as long as the startup probe would.

        Raises:
            ManifestError: it did not become ready, with the end of its log.
        """
        patience = self.startup.patience if self.startup else 30
        with self._changed:
            self._changed.wait_for(lambda: self.ready or self.problems, timeout=patience)
        if not self.ready:
            probe = self.readiness if self.started else self.startup
            why = self.problems or [probe.last if probe else "no probe"]
            message = f"{self.owner} is not ready: {'; '.join(why)}\n{self.process.tail()}"
            raise ManifestError(message)

    def run(self, *command: str, succeeds: bool = True) -> str:
        """Run an operator's command in the pod, with its variables and files, and return what it wrote.

        Raises:
            ManifestError: it ended otherwise than it should.
        """
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        ended = subprocess.run(
            command,
            env={"PATH": path, **self.process.environment},
            cwd=self.image,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if (ended.returncode == 0) != succeeds:
            message = f"{self.owner}: {' '.join(command)}: code {ended.returncode}\n{ended.stderr}"
            raise ManifestError(message)
        return ended.stdout

    def kill(self) -> None:
        """End it as the kernel ends a process that takes too much: at once, with all that it started."""
        self._stopping.set()
        self.process.kill()

    def delete(self) -> None:
        """Delete it as an API server has a kubelet do it: no endpoint any more, the preStop hook, SIGTERM.

        The grace period is the caller's to wait for, by `process.wait`.
        """
        self._stopping.set()
        hook = self.container.get("lifecycle", {}).get("preStop")
        if hook:
            self.run(*hook["exec"]["command"])
        os.kill(self.process.pid, signal.SIGTERM)

    def ask_to_stop(self) -> None:
        """Send the signal that a deleted pod gets; `stop` waits for the end."""
        self._stopping.set()
        if self.process.running:
            os.kill(self.process.pid, signal.SIGTERM)

    def stop(self) -> int:
        """End the process within the grace period and return its exit code."""
        self.ask_to_stop()
        if not self._watch.ident:
            return 0  # it never started
        return self.process.terminate(seconds=min(self.spec["terminationGracePeriodSeconds"], 30))

    def _process(self, node: Node) -> Process:
        root = node.folder / self.namespace / self.name
        account = self.spec.get("serviceAccountName", "default")
        context = kubelet.Context(
            owner=self.owner,
            namespace=self.namespace,
            pod=self.name,
            manifests=node.manifests,
            secrets=node.secrets,
            token=lambda audience: node.token(self.namespace, account, audience),
            fields={
                "metadata.name": self.name,
                "metadata.namespace": self.namespace,
                "spec.serviceAccountName": account,
                "status.podIP": LOOPBACK,
            },
        )
        (root / "logs").mkdir(parents=True)
        substitution = Substitution(
            owner=self.owner,
            pod=self.name,
            manifests=node.manifests,
            surroundings=node.surroundings,
            ports=self.ports,
            mounts=kubelet.mount(self.spec, self.container, context, root),
        )
        variables = kubelet.variables(self.container, context)
        words = [*self.container.get("command", []), *self.container.get("args", [])]
        self.image = image_root(self.container["image"], root)
        return Process(
            substitution.command([kubelet.expanded(word, variables) for word in words]),
            substitution.environment(variables) | {"PYTHONPATH": str(self.image)},
            log=root / "logs" / self.container["name"],
            directory=self.image,
        )

    def _watched(self) -> None:
        """The kubelet's loop: startup first, then readiness and liveness, each when it is due."""
        if self.startup is not None and not self._started(self.startup):
            return
        if self.readiness is None:
            self._set_ready(True)
        while not self._stopping.wait(_TICK) and self._runs():
            now = time.monotonic()
            if self.readiness and now >= self.readiness.due:
                self.readiness.ask()
                if self.readiness.passed or self.readiness.failed:
                    self._set_ready(self.readiness.passed)
            if self.liveness and now >= self.liveness.due:
                self.liveness.ask()
                if self.liveness.failed:
                    self._broken(self.liveness.last)
                    return
        self._set_ready(False)

    def _started(self, probe: Probe) -> bool:
        probe.due = time.monotonic() + probe.delay
        while not probe.passed:
            if self._stopping.wait(_TICK) or not self._runs():
                return False
            if time.monotonic() < probe.due:
                continue
            probe.ask()
            if probe.failed or probe.missing:  # a program that answers 404 will do so until patience ends
                self._broken(probe.last)
                return False
        return True

    def _runs(self) -> bool:
        if self.process.running or self._stopping.is_set():
            return True
        self._broken(f"the process ended with code {self.process.exit_code}")
        return False

    def _broken(self, why: str) -> None:
        with self._changed:
            self.ready = False
            self.problems.append(why)
            self._changed.notify_all()

    def _set_ready(self, ready: bool) -> None:
        with self._changed:
            self.ready = ready
            self._changed.notify_all()


def image_root(image: str, root: Path) -> Path:
    """A folder with what the app's Containerfile copies from this repository to /app.

    An image of a third party holds nothing of it.
    """
    folder = root / "image"
    folder.mkdir(parents=True)
    name = image.rpartition("/")[2].partition(":")[0].replace("-", "_")
    recipe = REPOSITORY / "apps" / name / "Containerfile"
    if recipe.exists():
        for source, target in _COPY.findall(recipe.read_text()):
            place = folder / target / (Path(source).name if target.endswith("/") else "")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(REPOSITORY / source)
    return folder
