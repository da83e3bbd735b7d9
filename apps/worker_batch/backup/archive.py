"""The bucket of backups: each is a dump and, written last, the manifest that makes it count."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

_CHUNK = 1 << 20
_MANIFEST = ".json"
_DUMP = ".dump"
# A dump without a manifest is an upload that was cut off; so long it may be one that is still under way.
_UNFINISHED = timedelta(hours=24)


class ArchiveError(Exception):
    """A backup is missing, or not what its manifest says."""

    reason = "backup-archive"


class Manifest(BaseModel):
    """What is known of a backup; stored beside it."""

    model_config = ConfigDict(frozen=True)

    key: str
    database: str
    taken_at: AwareDatetime
    size: int
    sha256: str
    server_version: int
    """PostgreSQL's server_version_num; pg_restore must not be older."""
    pg_dump: str


@dataclass(frozen=True)
class Digest:
    """Size and SHA-256 of some bytes."""

    size: int
    sha256: str

    @classmethod
    def of(cls, chunks: Iterator[bytes]) -> Digest:
        size, digest = 0, hashlib.sha256()
        for chunk in chunks:
            size += len(chunk)
            digest.update(chunk)
        return cls(size, digest.hexdigest())

    @classmethod
    def of_file(cls, path: Path) -> Digest:
        with path.open("rb") as file:
            return cls.of(iter(lambda: file.read(_CHUNK), b""))


class Archive:
    """Backups of one database in one bucket, under `<database>/`."""

    def __init__(self, client: S3Client, *, bucket: str, database: str) -> None:
        self._client = client
        self._bucket = bucket
        self._database = database

    def key(self, taken_at: datetime) -> str:
        return f"{self._database}/{taken_at.astimezone(UTC):%Y-%m-%dT%H-%M-%S-%fZ}{_DUMP}"

    def store(self, dump: Path, manifest: Manifest) -> None:
        """Upload, read the whole back, and only then write the manifest.

        Raises:
            ArchiveError: what S3 holds is not what was sent; it was removed again.
        """
        encrypted = {"ServerSideEncryption": "AES256"}
        self._client.upload_file(str(dump), self._bucket, manifest.key, ExtraArgs=encrypted)
        try:
            self._verify(manifest, Digest.of(self._read(manifest.key)))
        except ArchiveError:
            self._client.delete_object(Bucket=self._bucket, Key=manifest.key)
            raise
        self._client.put_object(
            Bucket=self._bucket,
            Key=f"{manifest.key}{_MANIFEST}",
            Body=manifest.model_dump_json(indent=2).encode(),
            ContentType="application/json",
            ServerSideEncryption="AES256",
        )

    def fetch(self, key: str, into: Path) -> Manifest:
        """Download a backup and prove it whole.

        Raises:
            ArchiveError: there is none of that key, or it is damaged.
        """
        manifest = self.manifest(key)
        with into.open("wb") as file:

            def written() -> Iterator[bytes]:
                for chunk in self._read(key):
                    file.write(chunk)
                    yield chunk

            self._verify(manifest, Digest.of(written()))
        return manifest

    def manifest(self, key: str) -> Manifest:
        """What is known of the backup `key`.

        Raises:
            ArchiveError: there is no manifest, or it cannot be read.
        """
        try:
            return Manifest.model_validate_json(b"".join(self._read(f"{key}{_MANIFEST}")))
        except ValidationError as error:
            raise ArchiveError(f"the manifest of {key} cannot be read: {error}") from error

    def backups(self) -> list[Manifest]:
        """All that are complete, the oldest first."""
        keys = set(dict(self._objects()))
        return [
            self.manifest(key) for key in sorted(keys) if key.endswith(_DUMP) and f"{key}{_MANIFEST}" in keys
        ]

    def remove(self, key: str) -> None:
        """Remove a backup; its manifest first, so that a half removed one does not count."""
        for name in (f"{key}{_MANIFEST}", key):
            self._client.delete_object(Bucket=self._bucket, Key=name)

    def remove_unfinished(self, now: datetime) -> list[str]:
        """Remove dumps that never got a manifest within a day; answers their keys."""
        objects = dict(self._objects())
        left = [
            key
            for key, modified in objects.items()
            if key.endswith(_DUMP) and f"{key}{_MANIFEST}" not in objects and now - modified > _UNFINISHED
        ]
        for key in left:
            self._client.delete_object(Bucket=self._bucket, Key=key)
        return left

    def _objects(self) -> Iterator[tuple[str, datetime]]:
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._bucket, Prefix=f"{self._database}/"):
            for each in page.get("Contents", []):
                yield each["Key"], each["LastModified"]

    def _read(self, key: str) -> Iterator[bytes]:
        try:
            body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"]
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in {"NoSuchKey", "404"}:
                raise ArchiveError(
                    f"{self._bucket} holds no {key}: `list` shows what there is to restore"
                ) from error
            raise
        with body:
            yield from body.iter_chunks(_CHUNK)

    def _verify(self, manifest: Manifest, found: Digest) -> None:
        if found != Digest(manifest.size, manifest.sha256):
            raise ArchiveError(
                f"{manifest.key} in {self._bucket} is damaged: {found.size} bytes, SHA-256 {found.sha256};"
                f" {manifest.size} bytes, SHA-256 {manifest.sha256} were expected"
            )
