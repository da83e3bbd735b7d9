"""The photo: fetched as it was checked, proved to be one, made small for the model."""

from __future__ import annotations

import io
from contextlib import closing
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError
from PIL import Image, ImageOps

from apps.worker_ai.failures import (
    IMAGE_CHANGED,
    IMAGE_MISSING,
    IMAGE_TOO_LARGE,
    IMAGE_UNDECODABLE,
    Hopeless,
)

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

MAX_BYTES: Final = 20 * 1024 * 1024
"""No job's photo is larger, whatever its row says: what is in memory stays bounded."""

MAX_PIXELS: Final = 50_000_000
LONGEST_SIDE: Final = 1024
"""Pixels of what the model gets: it sees waste well enough, and tokens are paid by area."""

_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 85
_CHUNK = 64 * 1024
_GONE = {"404", "NoSuchKey", "NoSuchVersion"}
_CHANGED = {"412", "PreconditionFailed"}


class Photo:
    """A photo in memory. It holds the original until it is reduced, and the small one from then on."""

    def __init__(self, content: io.BytesIO) -> None:
        self.digest = sha256(content.getbuffer()).digest()
        self._content: io.BytesIO | None = content
        self._reduced = b""

    def reduced(self) -> bytes:
        """A JPEG for the model, upright, without the metadata of the original (as where it was taken).

        Raises:
            Hopeless: it cannot be decoded to its end, or has too many pixels.
        """
        if self._content is not None:
            self._reduced = reduce(self._content)
            self._content = None
        return self._reduced


def fetch(s3: S3Client, *, bucket: str, key: str, etag: str, size: int) -> Photo:
    """The object, if it is still the one that was checked.

    Raises:
        Hopeless: it is missing, another one, or too large.
        botocore.exceptions.BotoCoreError, ClientError: S3 cannot be reached, or refuses.
    """
    if size > MAX_BYTES:
        raise Hopeless(IMAGE_TOO_LARGE)
    try:
        found = s3.get_object(Bucket=bucket, Key=key, IfMatch=etag)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in _GONE:
            raise Hopeless(IMAGE_MISSING) from None
        if code in _CHANGED:
            raise Hopeless(IMAGE_CHANGED) from None
        raise
    content = io.BytesIO()
    with closing(found["Body"]) as body:
        if found["ContentLength"] != size:
            raise Hopeless(IMAGE_CHANGED)
        for chunk in body.iter_chunks(_CHUNK):
            content.write(chunk)
            if content.tell() > size:
                raise Hopeless(IMAGE_CHANGED)
    return Photo(content)


def reduce(content: io.BytesIO) -> bytes:
    """Decode the whole of `content`, and encode it anew with at most `LONGEST_SIDE` pixels a side.

    A JPEG is decoded at a half, a quarter or an eighth of its size where that is enough: every byte is read
    all the same, at a fraction of the memory.

    Raises:
        Hopeless: as `Photo.reduced`.
    """
    try:
        with Image.open(content, formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Hopeless(IMAGE_TOO_LARGE)
            return _encoded(image)
    except (Hopeless, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Hopeless(IMAGE_TOO_LARGE) from None
    except Exception:  # decoders raise whatever their format makes them stumble over
        raise Hopeless(IMAGE_UNDECODABLE) from None


def _encoded(image: Image.Image) -> bytes:
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    image.load()
    small = ImageOps.exif_transpose(_smaller(image))
    try:
        flat = _opaque(small)
        flat.info.clear()  # a comment would be written again
        out = io.BytesIO()
        flat.save(out, "JPEG", quality=_QUALITY)
        return out.getvalue()
    finally:
        small.close()


def _smaller(image: Image.Image) -> Image.Image:
    """A copy of at most `LONGEST_SIDE`, with the orientation that the original's metadata tells.

    Pillow copies a whole picture with transparency before it resizes it smoothly; a large one is made twice
    the wanted size first, without smoothing and without that copy.
    """
    orientation = image.getexif().get(_ORIENTATION)
    rough = max(image.size) / (2 * LONGEST_SIDE)
    if rough > 1:
        size = (max(1, int(image.width / rough)), max(1, int(image.height / rough)))
        small = image.resize(size, Image.Resampling.NEAREST)
    else:
        small = image.copy()
    image.close()
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    if orientation is not None:
        small.getexif()[_ORIENTATION] = orientation
    return small


def _opaque(image: Image.Image) -> Image.Image:
    """In RGB, on white where it was transparent."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    coloured = image.convert("RGBA")
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, coloured).convert("RGB")


_ORIENTATION: Final = 0x0112
"""EXIF's tag: which way up the camera was held."""
