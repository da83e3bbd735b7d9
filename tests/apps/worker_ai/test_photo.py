"""What the model is shown of a photo."""

from __future__ import annotations

import io
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from apps.worker_ai.failures import Hopeless
from apps.worker_ai.photo import LONGEST_SIDE, Photo, reduce
from tests.apps.worker_ai.photos import encoded, jpeg, picture


def outcome(content: bytes) -> str:
    try:
        reduce(io.BytesIO(content))
    except Hopeless as end:
        return end.failure.reason
    return "shown"


def shown(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(reduce(io.BytesIO(content))))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("size", "expected"),
    [((3264, 2448), (1024, 768)), ((900, 1200), (768, 1024)), ((64, 48), (64, 48)), ((12000, 3), (1024, 1))],
)
def test_a_large_photo_is_made_small_and_a_small_one_stays(kind, size, expected):
    image = shown(encoded(picture(1, size), kind))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", expected)


@pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK", "RGBA", "LA"])
def test_every_kind_of_colour_is_shown_as_rgb(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert shown(encoded(picture(1).convert(mode), kind)).mode == "RGB"


@pytest.mark.parametrize("size", [(20, 20), (4000, 3000)])
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_is_transparent_is_white(size, kind):
    image = shown(encoded(Image.new("RGBA", size, (0, 0, 0, 0)), kind, lossless=True))
    assert image.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("size", [(400, 200), (4000, 2000)])
def test_a_photo_is_upright_and_says_nothing_of_who_took_it_where(size):
    exif = Image.Exif()
    exif[0x0112] = 6  # held on its side
    exif[0x010E] = "taken at home"
    content = encoded(picture(1, size), "JPEG", exif=exif, comment=b"by Kim", icc_profile=b"profile")
    reduced = reduce(io.BytesIO(content))
    with Image.open(io.BytesIO(reduced)) as image:
        assert image.height > image.width
        assert not dict(image.getexif())
    assert b"home" not in reduced
    assert b"Kim" not in reduced


def test_a_photo_keeps_the_small_one_only():
    content = jpeg(1, size=(2000, 1500))
    photo = Photo(io.BytesIO(content))
    assert photo.digest == sha256(content).digest()
    assert photo.reduced() is photo.reduced()
    assert max(Image.open(io.BytesIO(photo.reduced())).size) == LONGEST_SIDE


def test_the_same_photo_is_shown_the_same():
    content = jpeg(1, size=(2000, 1500))
    assert reduce(io.BytesIO(content)) == reduce(io.BytesIO(content))


@settings(max_examples=60)
@given(kind=st.sampled_from(["JPEG", "PNG", "WEBP"]), data=st.data())
def test_a_photo_cut_short_or_changed_is_refused_or_shown_but_nothing_else(kind, data):
    content = bytearray(encoded(picture(1, (120, 90)), kind))
    for _ in range(data.draw(st.integers(0, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    assert outcome(bytes(content[:cut])) in {"shown", "image-undecodable", "image-too-large"}
