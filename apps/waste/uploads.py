"""The bucket of photos: forms to upload by, and what came of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar
from uuid import UUID

import structlog
from anyio import CapacityLimiter, to_thread
from botocore.exceptions import BotoCoreError, ClientError

from apps.common.http import Problem
from apps.waste.photos import MAX_BYTES, PhotoType
from apps.waste.problems import STORAGE_UNAVAILABLE

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

FORM_SECONDS: Final = 600
"""How long a form works. A role's keys are renewed 15 minutes before they expire, so they outlive it."""

HEAD_BYTES: Final = 64 * 1024
LONG_HEAD_BYTES: Final = 1024 * 1024
"""A camera may put a preview or a colour profile before the dimensions."""

_SECONDS = 8
_T = TypeVar("_T")
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Form:
    """Where to send a photo, and the fields that must precede it."""

    url: str
    fields: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """What lies in the bucket."""

    etag: str
    size: int
    content_type: str
    head: bytes


class Uploads:
    """Asks S3 from threads of its own: two for signing, which needs no network, four for the rest."""

    def __init__(self, client: S3Client, *, bucket: str) -> None:
        self._client = client
        self._bucket = bucket
        self._signing = CapacityLimiter(2)
        self._reading = CapacityLimiter(4)

    async def form(self, job_id: UUID, content_type: PhotoType) -> Form:
        """A form for one photo of this type and at most `MAX_BYTES`; S3 refuses any other.

        Raises:
            Problem: 503, there are no keys to sign with.
        """

        def sign() -> Form:
            signed = self._client.generate_presigned_post(
                self._bucket,
                key_of(job_id),
                Fields={"Content-Type": content_type.value, "success_action_status": "201"},
                Conditions=[
                    {"Content-Type": content_type.value},
                    {"success_action_status": "201"},
                    ["content-length-range", 1, MAX_BYTES],
                ],
                ExpiresIn=FORM_SECONDS,
            )
            return Form(signed["url"], signed["fields"])

        return await self._run(sign, self._signing)

    async def arrived(self, job_id: UUID, *, head_bytes: int = HEAD_BYTES) -> Arrived | None:
        """The uploaded object with its first bytes; None when there is none.

        Raises:
            Problem: 503, S3 does not answer.
        """

        def read() -> Arrived | None:
            try:
                found = self._client.get_object(
                    Bucket=self._bucket, Key=key_of(job_id), Range=f"bytes=0-{head_bytes - 1}"
                )
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") in {"NoSuchKey", "404"}:
                    return None
                if error.response.get("Error", {}).get("Code") == "InvalidRange":  # there is no first byte
                    return Arrived(etag="", size=0, content_type="", head=b"")
                raise
            with closing(found["Body"]) as body:
                head = body.read(head_bytes)
            return Arrived(
                etag=found["ETag"],
                size=int(found.get("ContentRange", f"/{len(head)}").rpartition("/")[2]),
                content_type=found["ContentType"],
                head=head,
            )

        return await self._run(read, self._reading)

    async def remove(self, job_id: UUID) -> None:
        """Delete the object, if that can be done now; what stays is removed by cleanup.cache."""

        def delete() -> None:
            self._client.delete_object(Bucket=self._bucket, Key=key_of(job_id))

        try:
            await self._run(delete, self._reading)
        except Problem as problem:
            _log.warning("a refused photo was not removed", job_id=str(job_id), reason=str(problem))

    async def _run(self, call: Callable[[], _T], limiter: CapacityLimiter) -> _T:
        try:
            # A thread cannot be ended: it is left to boto's own limits, and the caller waits no longer.
            async with asyncio.timeout(_SECONDS):
                return await to_thread.run_sync(call, limiter=limiter, abandon_on_cancel=True)
        except (BotoCoreError, ClientError, TimeoutError) as error:
            _log.error("the storage of photos did not answer", reason=f"{type(error).__name__}: {error}")
            raise Problem(
                STORAGE_UNAVAILABLE,
                "The storage of photos cannot be reached at the moment. Try again shortly.",
                retry_after=5,
            ) from error


def key_of(job_id: UUID) -> str:
    """Where the photo of a job lies."""
    return f"uploads/{job_id}"
