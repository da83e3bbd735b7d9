"""Photos for tests: pictures of noise, each different, in every form that matters."""

from __future__ import annotations

import io
import random
from typing import Any

from PIL import Image


def picture(seed: int, size: tuple[int, int] = (320, 240), mode: str = "RGB") -> Image.Image:
    """Coarse blocks of colour, by `seed` alone."""
    colours = random.Random(seed)
    blocks = Image.frombytes(mode, (8, 8), colours.randbytes(64 * len(Image.new(mode, (1, 1)).getbands())))
    return blocks.resize(size, Image.Resampling.NEAREST)


def jpeg(seed: int, size: tuple[int, int] = (320, 240), **options: Any) -> bytes:
    return encoded(picture(seed, size), "JPEG", **options)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()
