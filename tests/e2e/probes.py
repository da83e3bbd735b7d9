"""A container's probes, asked with the periods and thresholds of the manifest."""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from tests.e2e.manifests import ManifestError

NOT_FOUND = 404


@dataclass(kw_only=True)
class Probe:
    """One probe and how it fared.

    Attributes:
        port: The local port.
        due: When it is asked next, by the monotonic clock.
        last: What the last asking told.
    """

    kind: str
    path: str
    port: int
    period: float
    timeout: float
    failures_allowed: int
    successes_needed: int
    delay: float
    due: float = 0
    failures: int = 0
    successes: int = 0
    last: str = "was not asked yet"
    missing: bool = False

    @classmethod
    def of(cls, container: Mapping[str, Any], kind: str, ports: Mapping[int, int], owner: str) -> Self | None:
        """The probe of this kind, or None where the container has none.

        Raises:
            ManifestError: it asks for a port that the container does not have.
        """
        described = container.get(kind)
        if described is None:
            return None
        if "httpGet" not in described:
            message = f"{owner}: {kind} asks otherwise than by HTTP, which these tests do not know"
            raise ManifestError(message)
        get = described["httpGet"]
        names = {each["name"]: each["containerPort"] for each in container.get("ports", [])}
        number = names.get(get["port"], get["port"])
        if number not in ports:
            message = f"{owner}: {kind} asks port {get['port']}, the container has only {names}"
            raise ManifestError(message)
        return cls(
            kind=kind,
            path=get.get("path", "/"),
            port=ports[number],
            period=described.get("periodSeconds", 10),
            timeout=described.get("timeoutSeconds", 1),
            failures_allowed=described.get("failureThreshold", 3),
            successes_needed=described.get("successThreshold", 1),
            delay=described.get("initialDelaySeconds", 0),
        )

    @property
    def patience(self) -> float:
        """How long it may fail before something is done, in seconds."""
        return self.delay + self.period * self.failures_allowed

    @property
    def passed(self) -> bool:
        return self.successes >= self.successes_needed

    @property
    def failed(self) -> bool:
        return self.failures >= self.failures_allowed

    def ask(self) -> None:
        """Ask once, and note when it is due again."""
        self.due = time.monotonic() + self.period
        status, self.last = self._get()
        self.missing = status == NOT_FOUND
        if 200 <= status < 400:
            self.successes, self.failures = self.successes + 1, 0
        else:
            self.successes, self.failures = 0, self.failures + 1

    def _get(self) -> tuple[int, str]:
        where = f"{self.kind} GET {self.path}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        try:
            connection.request("GET", self.path, headers={"User-Agent": "kube-probe/1.28"})
            answer = connection.getresponse()
            return (
                answer.status,
                f"{where} answered {answer.status}: {answer.read(300).decode(errors='replace')}",
            )
        except (OSError, http.client.HTTPException) as error:
            return 0, f"{where} got no answer: {error}"
        finally:
            connection.close()
