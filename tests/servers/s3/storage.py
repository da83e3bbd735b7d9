"""S3 and STS for tests: strict at the gate, real enough behind it."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import boto3
from botocore.config import Config

from tests.servers import manifests
from tests.servers.given import given, only_own
from tests.servers.ports import free_port
from tests.servers.process import Process

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

VARIABLE = "TEST_S3_URL"
"""URL of a storage to use instead, with keys that may do everything: http://key:secret@host:port."""

CONTROL = "/.control"
_ACCESS_KEY, _SECRET_KEY = "AKIATESTSONLY", "secret-of-tests-only"


@dataclass(frozen=True)
class Asked:
    """A request that arrived, and the status it was answered with."""

    method: str
    path: str
    query: str
    status: int


class S3:
    """The storage with the buckets and roles that the delivered workloads name."""

    def __init__(self) -> None:
        self._workloads = _workloads()
        regions = {each["AWS_REGION"] for each in self._workloads.values()}
        assert len(regions) == 1, f"workloads name several regions: {regions}"
        self.region = regions.pop()
        self.buckets = sorted(
            {
                value
                for each in self._workloads.values()
                for name, value in each.items()
                if name.endswith("BUCKET")
            }
        )
        self.process: Process | None = None
        self._directory = Path(tempfile.mkdtemp(prefix="tests-s3-"))
        address = given(VARIABLE)
        if address:
            self.endpoint = f"{address.scheme}://{address.hostname}:{address.port or 80}"
            self.access_key, self.secret_key = (
                unquote(address.username or ""),
                unquote(address.password or ""),
            )
        else:
            port = free_port()
            self.endpoint = f"http://127.0.0.1:{port}"
            self.access_key, self.secret_key = _ACCESS_KEY, _SECRET_KEY
            self.process = self._set_up(port)

    @property
    def url(self) -> str:
        """The storage with the keys that may do everything."""
        return self.endpoint.replace("://", f"://{self.access_key}:{self.secret_key}@")

    def environment(self, workload: str) -> dict[str, str]:
        """What a workload is told by its manifest: its bucket and its role; and the addresses of S3 and STS.

        A given storage knows no roles: there the workload has the keys.

        Raises:
            KeyError: the workload has no role.
        """
        told = self._workloads[workload]
        if not self.process:
            of_roles = {"AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"}
            kept = {name: value for name, value in told.items() if name not in of_roles}
            return kept | {
                "AWS_ENDPOINT_URL_S3": self.endpoint,
                "AWS_ACCESS_KEY_ID": self.access_key,
                "AWS_SECRET_ACCESS_KEY": self.secret_key,
            }
        return told | {
            "AWS_ENDPOINT_URL_S3": self.endpoint,
            "AWS_ENDPOINT_URL_STS": self.endpoint,
            "AWS_WEB_IDENTITY_TOKEN_FILE": str(self._token_file(told["AWS_ROLE_ARN"])),
        }

    def client(self) -> S3Client:
        """A client that may do everything, and tries once."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=self.region,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=Config(signature_version="s3v4", retries={"total_max_attempts": 1}, read_timeout=10),
        )

    def empty(self) -> None:
        """Delete every object, and forget the log and the faults."""
        client = self.client()
        try:
            for bucket in self.buckets:
                for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
                    for each in page.get("Contents", []):
                        client.delete_object(Bucket=bucket, Key=each["Key"])
        finally:
            client.close()
        if self.process:
            self._control("DELETE")

    def asked(self) -> list[Asked]:
        """The requests since the last `forget` or `empty`, the first one first."""
        return [Asked(**each) for each in self._control("GET")]

    def forget(self) -> None:
        """Forget the log, and end all faults."""
        self._control("DELETE")

    def fail(self, *, requests: int = 0, delay: float = 0.0) -> None:
        """Make faults: the next `requests` are answered 503, and each one waits for `delay` seconds first."""
        self._control("PUT", {"unavailable": requests, "delay": delay})

    def start(self) -> S3:
        """Start, or start again on the same port with all confirmed objects, and wait until it answers."""
        if self.process:
            self.process.start().wait_ready(f"{self.endpoint}{CONTROL}")
        else:
            self._create_buckets()
        return self

    def stop(self) -> None:
        self._own().terminate()

    def kill(self) -> None:
        self._own().kill()

    def pause(self) -> None:
        self._own().pause()

    def resume(self) -> None:
        self._own().resume()

    def close(self) -> None:
        """End the server and remove its data."""
        if self.process:
            self.process.terminate()
        shutil.rmtree(self._directory, ignore_errors=True)

    def _set_up(self, port: int) -> Process:
        objects = self._directory / "objects"
        objects.mkdir()
        tokens = {}
        for told in self._workloads.values():
            role = told["AWS_ROLE_ARN"]
            tokens[role] = f"token-of-{role.rpartition('/')[2]}"
            self._token_file(role).write_text(tokens[role])
        configuration = {
            "port": port,
            "folder": str(objects),
            "region": self.region,
            "buckets": self.buckets,
            "tokens": tokens,
            "access_key": self.access_key,
            "secret_key": self.secret_key,
        }
        file = self._directory / "configuration.json"
        file.write_text(json.dumps(configuration))
        command = [sys.executable, "-m", "tests.servers.s3", str(file)]
        return Process(command, {"MOTO_S3_CUSTOM_ENDPOINTS": ""}, log=self._directory / "log")

    def _token_file(self, role: str) -> Path:
        return self._directory / role.rpartition("/")[2]

    def _create_buckets(self) -> None:
        client = self.client()
        try:
            there = {each["Name"] for each in client.list_buckets()["Buckets"]}
            for bucket in set(self.buckets) - there:
                client.create_bucket(Bucket=bucket)
        finally:
            client.close()

    def _control(self, method: str, body: object = None) -> list[dict[str, Any]]:
        self._own()
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.endpoint}{CONTROL}", data, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - this run's own server
            return list(json.load(response))

    def _own(self) -> Process:
        if not self.process:
            only_own(VARIABLE)
        assert self.process
        return self.process


def _workloads() -> dict[str, dict[str, str]]:
    """By workload, the variables about storage of every one that has a role."""
    found = {}
    for each in manifests.documents("Deployment"):
        container = each["spec"]["template"]["spec"]["containers"][0]
        told = manifests.variables(container)
        if "AWS_ROLE_ARN" in told:
            kept = {
                name: value
                for name, value in told.items()
                if name.startswith("AWS_") or name.endswith("BUCKET")
            }
            found[each["metadata"]["name"]] = kept
    return found
