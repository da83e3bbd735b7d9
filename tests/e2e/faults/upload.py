"""A photo on its way, from its announcement on."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import Self

from apps.worker_ai.failures import Hopeless
from apps.worker_ai.photo import reduce
from tests.e2e.app import MobileApp


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A photo, and the job that was promised for it.

    Attributes:
        part: What it is there for: the key of what its scene expects of it.
        owner: The phone of whoever announced it.
        form: Where and how it is sent to the storage.
    """

    part: str
    owner: MobileApp
    job: str
    photo: bytes
    form: Mapping[str, str]
    url: str

    @cached_property
    def picture(self) -> str:
        """SHA-256, in hex, of what the model is shown of the photo; empty where it is shown nothing."""
        with suppress(Hopeless):
            return sha256(reduce(io.BytesIO(self.photo))).hexdigest()
        return ""

    def send(self, content: bytes) -> int:
        """Send something by the form, as the app does; the storage's status."""
        answer = self.owner.http.post(self.url, data=dict(self.form), files={"file": ("photo", content)})
        return answer.status_code

    def of(self, owner: MobileApp, *, job: str) -> Self:
        """The same, as somebody else or another job would have it."""
        return replace(self, owner=owner, job=job)
