"""Whether what was uploaded is a photo that can be analysed, judged by its first bytes.

Only headers are read: no picture is decoded here, so that none can exhaust the service. That the rest can be
decoded is proved by the worker that needs the pixels.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_PIXELS: Final = 50_000_000
MAX_SIDE: Final = 12_000


class PhotoType(StrEnum):
    """The types that are accepted."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"


@dataclass(frozen=True)
class Dimensions:
    """Pixels, as the header says."""

    width: int
    height: int


class Refusal(StrEnum):
    """Why a photo cannot be analysed: stable, for programs."""

    HEIC = "heic-not-accepted"
    TYPE = "image-type-not-accepted"
    EMPTY = "image-empty"
    TOO_LARGE = "image-too-large"
    MISMATCH = "image-type-mismatch"
    TRUNCATED = "image-truncated"
    MALFORMED = "image-malformed"
    TOO_MANY_PIXELS = "image-too-many-pixels"


class Refused(Exception):  # noqa: N818 - what happens to the photo
    """It cannot be analysed.

    Attributes:
        detail: for the person with the camera.
    """

    def __init__(self, code: Refusal, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class HeaderCut(Exception):  # noqa: N818 - what happened to it
    """The bytes end before the dimensions: more of the file must be read."""


def accepted_type(text: str) -> PhotoType:
    """The type that a client announces.

    Raises:
        Refused: none of those that are accepted.
    """
    name = text.partition(";")[0].strip().lower()
    if name in {"image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence"}:
        raise Refused(
            Refusal.HEIC,
            "HEIC photos are not accepted: convert the photo to JPEG before the upload"
            " (on iOS by asking for UIImage.jpegData or the setting Most Compatible).",
        )
    try:
        return PhotoType(name)
    except ValueError:
        raise Refused(
            Refusal.TYPE,
            f"Send a photo as {', '.join(PhotoType)}; other types are not accepted.",
        ) from None


def check_size(size: int) -> None:
    """Pass a file of `size` bytes.

    Raises:
        Refused: it is empty, or too large.
    """
    if size <= 0:
        raise Refused(Refusal.EMPTY, "The photo is empty: upload it once more.")
    if size > MAX_BYTES:
        raise Refused(
            Refusal.TOO_LARGE, f"The photo has {size} bytes, and at most {MAX_BYTES} are accepted: reduce it."
        )


def inspect(head: bytes, *, size: int, announced: PhotoType) -> Dimensions:
    """The dimensions of the file of `size` bytes that begins with `head`.

    Raises:
        Refused: it is not of the announced type, cut off, or too large.
        HeaderCut: `head` is shorter than the file, and ends too early to tell.
    """
    check_size(size)
    found = _type(head)
    if found is not announced:
        seen = found or ("a HEIC photo" if head[4:8] == b"ftyp" else "no photo of an accepted type")
        raise Refused(Refusal.MISMATCH, f"{announced} was announced, and {seen} was uploaded.")
    try:
        dimensions = _READERS[announced](head, size)
    except (struct.error, IndexError):
        if len(head) < size:
            raise HeaderCut from None
        raise Refused(Refusal.TRUNCATED, "The photo is cut off: upload it once more.") from None
    _check_dimensions(dimensions)
    return dimensions


def _type(head: bytes) -> PhotoType | None:
    if head.startswith(b"\xff\xd8\xff"):
        return PhotoType.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PhotoType.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return PhotoType.WEBP
    return None


def _check_dimensions(found: Dimensions) -> None:
    if found.width < 1 or found.height < 1:
        raise _malformed()
    if max(found.width, found.height) > MAX_SIDE or found.width * found.height > MAX_PIXELS:
        raise Refused(
            Refusal.TOO_MANY_PIXELS,
            f"The photo has {found.width} by {found.height} pixels, and at most {MAX_PIXELS} in all"
            f" and {MAX_SIDE} a side are accepted: reduce it.",
        )


def _malformed() -> Refused:
    return Refused(Refusal.MALFORMED, "The photo is damaged: take another one.")


_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""JPEG markers without a length (ITU T.81, table B.1)."""

_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_SCAN, _END = 0xDA, 0xD9


def _read_jpeg(head: bytes, _size: int) -> Dimensions:
    """From marker to marker until the frame header, which has the dimensions."""
    at = 2
    while True:
        if head[at] != 0xFF:
            raise _malformed()
        while head[at] == 0xFF:  # any number of fill bytes may precede a marker
            at += 1
        marker = head[at]
        at += 1
        if marker in _STANDALONE:
            continue
        if marker in {_SCAN, _END, 0x00}:
            raise _malformed()
        (length,) = struct.unpack_from(">H", head, at)
        if length < 2:
            raise _malformed()
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", head, at + 3)
            return Dimensions(width, height)
        at += length


def _read_png(head: bytes, _size: int) -> Dimensions:
    length, kind = struct.unpack_from(">I4s", head, 8)
    width, height = struct.unpack_from(">II", head, 16)
    if kind != b"IHDR" or length != 13:
        raise _malformed()
    return Dimensions(width, height)


def _read_webp(head: bytes, size: int) -> Dimensions:
    """By the first chunk: a lossy frame, a lossless one, or the extended header (RFC 9649)."""
    (told,) = struct.unpack_from("<I", head, 4)
    if told + 8 > size:
        raise Refused(Refusal.TRUNCATED, "The photo is cut off: upload it once more.")
    kind = head[12:16]
    if kind == b"VP8X":
        width, _, height, _ = struct.unpack_from("<HBHB", head, 24)
        return Dimensions(width + (head[26] << 16) + 1, height + (head[29] << 16) + 1)
    if kind == b"VP8 ":
        if head[23:26] != b"\x9d\x01\x2a" and len(head) >= 26:
            raise _malformed()
        width, height = struct.unpack_from("<HH", head, 26)
        return Dimensions(width & 0x3FFF, height & 0x3FFF)
    if kind == b"VP8L":
        signature, bits = struct.unpack_from("<BI", head, 20)
        if signature != 0x2F:
            raise _malformed()
        return Dimensions((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if len(kind) < 4:
        raise struct.error
    raise _malformed()


_READERS: Final = {PhotoType.JPEG: _read_jpeg, PhotoType.PNG: _read_png, PhotoType.WEBP: _read_webp}
