"""The objects on disk, so that a server that was killed comes back with what it had confirmed."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import datetime
from pathlib import Path

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import FakeKey, S3Backend, s3_backends


class Shelf:
    """Writes down the objects of the emulation beneath, and puts them back at a start.

    Uploads in parts that were not completed are lost with the process.
    """

    def __init__(self, folder: Path, region: str) -> None:
        self._folder = folder
        self._region = region
        self._written: dict[tuple[str, str], tuple[str, float]] = {}
        self._lock = threading.Lock()

    def restore(self, buckets: list[str]) -> None:
        """Make the buckets, and in them what was written down."""
        backend = _backend()
        for bucket in buckets:
            backend.create_bucket(bucket, self._region)
        for description in sorted(self._folder.glob("*.json")):
            told = json.loads(description.read_text())
            bucket, name = told["bucket"], told["name"]
            content = description.with_suffix(".object").read_bytes()
            made = backend.put_object(bucket, name, content, etag=told["etag"], disable_notification=True)
            made.set_metadata(told["metadata"])
            made.last_modified = datetime.fromisoformat(told["last_modified"])
            self._written[bucket, name] = (made.etag, made.last_modified.timestamp())

    def save(self) -> None:
        """Write down every object that is new or changed, and forget those that are gone."""
        with self._lock:
            current = {
                (bucket.name, name): self._kept(bucket.name, name, key)
                for bucket in list(_backend().buckets.values())
                for name, key in list(bucket.keys.items())
            }
            for gone in self._written.keys() - current.keys():
                self._path(*gone).with_suffix(".json").unlink(missing_ok=True)
                self._path(*gone).with_suffix(".object").unlink(missing_ok=True)
            self._written = current

    def save_one(self, bucket: str, name: str) -> None:
        """Write down an object that has just been put: of ten thousand, looking at all would take longer."""
        with self._lock:
            found = _backend().buckets.get(bucket)
            key = None if found is None else found.keys.get(name)
            if key is not None:
                self._written[bucket, name] = self._kept(bucket, name, key)

    def _kept(self, bucket: str, name: str, key: FakeKey) -> tuple[str, float]:
        """Write an object down, unless it is what was written last; answer what tells the two apart."""
        mark = (key.etag, key.last_modified.timestamp())
        if self._written.get((bucket, name)) != mark:
            path = self._path(bucket, name)
            description = {
                "bucket": bucket,
                "name": name,
                "etag": key.etag.strip('"'),
                "metadata": dict(key.metadata),
                "last_modified": key.last_modified.isoformat(),
            }
            path.with_suffix(".object").write_bytes(key.value)
            path.with_suffix(".json").write_text(json.dumps(description))
        return mark

    def _path(self, bucket: str, name: str) -> Path:
        return self._folder / hashlib.sha256(f"{bucket}/{name}".encode()).hexdigest()


def _backend() -> S3Backend:
    return s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
