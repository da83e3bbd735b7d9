"""Photos of a camera, and the way that they take to the platform."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import cycle

from PIL import Image

from tests.benchmarks.apps.load import Call, expect, hurry
from tests.benchmarks.apps.people import People
from tests.benchmarks.apps.stage import Actor

WASTE = "/api/v1/waste"
EIGHT_MEGAPIXELS = (3264, 2448)
_PHOTOS_OF_ONE = 20
"""A user may announce 30 a minute."""


@dataclass(frozen=True)
class Job:
    """A promised job, and how its photo is uploaded."""

    id: str
    bearer: dict[str, str]
    url: str
    fields: dict[str, str]


def camera(width: int, height: int) -> Iterator[bytes]:
    """JPEGs of this size without end, each another file: they differ in a comment only, so that making them
    takes no time."""
    noise = Image.frombytes("RGB", (width // 8, height // 8), os.urandom(width // 8 * (height // 8) * 3))
    file = BytesIO()
    noise.resize((width, height), Image.Resampling.BICUBIC).save(file, "JPEG", quality=85)
    start, rest = file.getvalue()[:2], file.getvalue()[2:]
    while True:
        yield start + b"\xff\xfe\x00\x12" + os.urandom(16) + rest


def announced(people: People, services: Sequence[Actor], number: int) -> list[Job]:
    """So many jobs, each of which waits for its photo."""
    users = people.bearers(math.ceil(number / _PHOTOS_OF_ONE))
    bearers = [user for user in users for _ in range(_PHOTOS_OF_ONE)][:number]
    calls = [
        Call(
            method="POST",
            url=f"{service.url}{WASTE}/analyze",
            headers=bearer,
            body={"content_type": "image/jpeg"},
        )
        for bearer, service in zip(bearers, cycle(services))
    ]
    answers = hurry(calls)
    expect(answers, 201)
    jobs = []
    for bearer, answer in zip(bearers, answers, strict=True):
        told = json.loads(answer.body)
        jobs.append(Job(told["job_id"], bearer, told["upload"]["url"], told["upload"]["fields"]))
    return jobs


def upload(jobs: Sequence[Job], photos: Iterator[bytes]) -> None:
    """Send each job its photo, by the form."""
    calls = [
        Call(method="POST", url=job.url, headers=headers, body=body)
        for job in jobs
        for body, headers in [_form(job, next(photos))]
    ]
    expect(hurry(calls, clients=4), 201)


def completion(job: Job, service: Actor) -> Call:
    """The request that says that the photo is there."""
    return Call(method="POST", url=f"{service.url}{WASTE}/upload-complete/{job.id}", headers=job.bearer)


def _form(job: Job, photo: bytes) -> tuple[bytes, dict[str, str]]:
    """multipart/form-data: the fields, and then the photo."""
    boundary = "a-boundary-that-no-photo-holds"
    lines = []
    for name, value in job.fields.items():
        lines.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n')
    head = "".join(lines) + (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="photo"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    body = head.encode() + photo + f"\r\n--{boundary}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}
