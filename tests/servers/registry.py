"""A registry of images: Debian's docker-registry on a free port, and buildah set up to reach it."""

from __future__ import annotations

import json
import shutil
import urllib.request
from pathlib import Path
from typing import Any

from tests.servers.ports import free_port
from tests.servers.process import Process

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"


class Registry:
    """The server; what is pushed lies in its folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.host = f"127.0.0.1:{free_port()}"
        self._folder = folder
        configuration = folder / "registry.yml"
        configuration.write_text(
            json.dumps(
                {
                    "version": 0.1,
                    "log": {"accesslog": {"disabled": True}, "level": "warn"},
                    "storage": {"filesystem": {"rootdirectory": str(folder / "images")}},
                    "http": {"addr": self.host},
                }
            )
        )
        self._process = Process(
            ["docker-registry", "serve", str(configuration)], {}, log=folder / "registry.log", name="registry"
        )

    def start(self) -> Registry:
        self._process.start().wait_ready(f"http://{self.host}/v2/", seconds=60)
        return self

    def close(self) -> None:
        self._process.terminate()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def variables(self) -> dict[str, str]:
        """What buildah needs to know to build without a store of the machine's, and to push here."""
        folder = self._folder / "buildah"
        folder.mkdir(exist_ok=True)
        storage = folder / "storage.conf"
        storage.write_text(
            f'[storage]\ndriver = "vfs"\nrunroot = "{folder}/run"\ngraphroot = "{folder}/graph"\n'
        )
        registries = folder / "registries.conf"
        registries.write_text(f'[[registry]]\nlocation = "{self.host}"\ninsecure = true\n')
        return {
            "BUILDAH_ISOLATION": "chroot",
            "CONTAINERS_REGISTRIES_CONF": str(registries),
            "CONTAINERS_STORAGE_CONF": str(storage),
            "NO_PROXY": "127.0.0.1",
        }

    def manifest(self, repository: str, reference: str) -> tuple[str, Any]:
        """The digest and the manifest of an image."""
        address = f"http://{self.host}/v2/{repository}/manifests/{reference}"
        request = urllib.request.Request(address, headers={"Accept": _MANIFEST})
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - loopback
            return answer.headers["Docker-Content-Digest"], json.load(answer)
