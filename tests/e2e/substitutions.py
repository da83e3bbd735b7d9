"""The one place that says where a workload under test may differ from its manifest, and why.

On one machine there is one address, one file system and no cluster DNS. So these, and nothing else, are
replaced; whatever else would have to differ raises `ManifestError` with its name:

- the host and port of a Service: 127.0.0.1 and the port of the server that stands for it,
- ports that the container listens on: free ones, `0.0.0.0` becoming `127.0.0.1`,
- `%h`, the node name of a worker: the pod's name, as the host's is the same for all,
- absolute paths under a mount: the same path in the pod's own folder,
- base URLs of third parties: a local server that speaks the same protocol.

Added are AWS's own variables for the two endpoints, where AWS_ROLE_ARN is given; TMPDIR, where /tmp is a
mount; and the variables of `DEFAULT_PATHS`. PATH, HOME and PYTHONPATH are the image's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.e2e.manifests import ManifestError, Manifests

LOOPBACK = "127.0.0.1"

DATABASE = "waste_coach"
"""The database that the manifests name, which is made in the server of these tests."""

OWN_ADDRESSES = ("https://growbin.app",)
"""Origins that only name the platform itself, in tokens and redirects, and are not connected to."""

DEFAULT_PATHS = {
    "TOKEN_KEYS_FILE": "/etc/token-keys/jwks.json",
    "SIGNING_KEYS_FILE": "/etc/signing-keys/keys.json",
}
"""Paths that a program falls back to where its variable is not set: given explicitly if they are mounted."""

_PATH = re.compile(r"(?<![\w:/.@-])/[\w.-]+(?:/[\w.-]+)*")
_CLUSTER_NAME = re.compile(r"[a-z0-9.-]+\.svc(\.cluster\.local)?(?![\w.])")
_EVERYWHERE = "0.0.0.0"  # noqa: S104 - what the manifests say


@dataclass(frozen=True)
class Surroundings:
    """What stands where the cluster's and the world's things would.

    Attributes:
        servers: Local port by namespace, Service and the name of the Service's port.
        third_parties: Local origin by origin.
        aws: Variables that lead boto3 to the local servers.
        superuser: Name of PostgreSQL's, which a given server may have chosen.
    """

    servers: Mapping[tuple[str, str, str], int]
    third_parties: Mapping[str, str]
    aws: Mapping[str, str]
    superuser: str = "postgres"


@dataclass
class Substitution:
    """The substitutions for one container.

    Attributes:
        owner: How messages name the workload.
        pod: The pod's name.
        ports: Local port by the container's own.
        mounts: Local folder by mount path.
    """

    owner: str
    pod: str
    manifests: Manifests
    surroundings: Surroundings
    ports: Mapping[int, int]
    mounts: Mapping[str, Path]

    def environment(self, told: Mapping[str, str]) -> dict[str, str]:
        """The variables that the process is given, of those its manifest tells."""
        result = {name: self._variable(name, value, told) for name, value in told.items()}
        if "AWS_ROLE_ARN" in told:
            result |= self.surroundings.aws
        if "/tmp" in self.mounts:  # noqa: S108
            result["TMPDIR"] = str(self.mounts["/tmp"])  # noqa: S108
        for name, path in DEFAULT_PATHS.items():
            if name not in told and str(Path(path).parent) in self.mounts:
                result[name] = self._paths(path, name)
        return result

    def command(self, words: list[str]) -> list[str]:
        """The command line."""
        result = []
        for before, word in zip(["", *words], words, strict=False):
            where = f"argument {word}"
            if before == "--port":
                result.append(str(self._own_port(word, where)))
            elif before == "--host":
                if word != _EVERYWHERE:
                    raise self._refusal(where, "nobody outside the pod reaches it there")
                result.append(LOOPBACK)
            elif before == "--hostname":
                result.append(word.replace("%h", self.pod))
            else:
                self._no_cluster_name(where, word)
                result.append(self._paths(word, where))
        return result

    def _variable(self, name: str, value: str, told: Mapping[str, str]) -> str:
        if name.endswith("HOST"):
            self._server(name, value, told)
            return LOOPBACK
        if name == "METRICS_PORT":
            return str(self._own_port(value, name))
        if name.endswith("PORT") and (host := name.removesuffix("PORT") + "HOST") in told:
            return str(self._server(host, told[host], told))
        if name == "PGUSER":
            return self.surroundings.superuser
        if "://" in value:
            return self._url(name, value)
        self._no_cluster_name(name, value)
        return self._paths(value, name)

    def _server(self, name: str, host: str, told: Mapping[str, str]) -> int:
        """The local port behind `host` and the port of the variable beside it."""
        service, _, rest = host.partition(".")
        namespace = rest.removesuffix(".svc")
        if not rest.endswith(".svc"):
            raise self._refusal(name, f"{host} is no Service's name")
        found = self.manifests.get("Service", namespace, service, asked_by=f"{self.owner}: {name}")
        port = told.get(name.removesuffix("HOST") + "PORT")
        names = {str(each["port"]): each["name"] for each in found["spec"]["ports"]}
        if port not in names:
            raise self._refusal(name, f"Service {namespace}/{service} has no port {port}, only {names}")
        try:
            return self.surroundings.servers[namespace, service, names[str(port)]]
        except KeyError:
            raise self._refusal(name, f"no server of these tests stands for {host}:{port}") from None

    def _own_port(self, value: str, where: str) -> int:
        if not value.isdigit() or int(value) not in self.ports:
            raise self._refusal(where, f"{value} is none of the container's ports {sorted(self.ports)}")
        return self.ports[int(value)]

    def _url(self, name: str, value: str) -> str:
        address = urlsplit(value)
        origin = f"{address.scheme}://{address.netloc}"
        if origin in OWN_ADDRESSES:
            return value
        if origin not in self.surroundings.third_parties:
            raise self._refusal(name, f"no server of these tests stands for {origin}")
        return self.surroundings.third_parties[origin] + value.removeprefix(origin)

    def _paths(self, value: str, where: str) -> str:
        def one(match: re.Match[str]) -> str:
            path = match[0]
            for mount, folder in self.mounts.items():
                if path == mount or path.startswith(f"{mount}/"):
                    return str(folder) + path.removeprefix(mount)
            raise self._refusal(where, f"{path} is under none of the mounts {sorted(self.mounts)}")

        return _PATH.sub(one, value)

    def _no_cluster_name(self, where: str, value: str) -> None:
        if _CLUSTER_NAME.search(value):
            raise self._refusal(where, f"{value} names a Service where these tests expect none")

    def _refusal(self, where: str, why: str) -> ManifestError:
        return ManifestError(f"{self.owner}: {where}: {why}")
