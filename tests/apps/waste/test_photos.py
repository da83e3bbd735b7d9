"""What the first bytes of a file tell of a photo."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from apps.waste.photos import (
    MAX_BYTES,
    Dimensions,
    HeaderCut,
    PhotoType,
    Refused,
    accepted_type,
    check_size,
    inspect,
)

TYPES = st.sampled_from(list(PhotoType))
MAGIC = {
    PhotoType.JPEG: b"\xff\xd8\xff",
    PhotoType.PNG: b"\x89PNG\r\n\x1a\n",
    PhotoType.WEBP: b"RIFF\x00\x00\x00\x00WEBP",
}


def picture(kind: PhotoType, size: tuple[int, int], **options) -> bytes:
    file = io.BytesIO()
    mode = "RGBA" if options.pop("alpha", False) else "RGB"
    Image.new(mode, size, "green").save(file, kind.partition("/")[2].upper(), **options)
    return file.getvalue()


def png(width: int, height: int) -> bytes:
    return MAGIC[PhotoType.PNG] + struct.pack(">I4sII", 13, b"IHDR", width, height) + bytes(5)


@given(TYPES, st.integers(1, 300), st.integers(1, 300), st.booleans(), st.booleans())
def test_dimensions_are_those_that_a_decoder_sees(kind, width, height, variant, alpha):
    options = {
        PhotoType.JPEG: {"progressive": variant, "exif": bytes(200)},
        PhotoType.PNG: {"alpha": alpha},
        PhotoType.WEBP: {"lossless": variant, "alpha": alpha, "icc_profile": bytes(100) if alpha else None},
    }[kind]
    content = picture(kind, (width, height), **options)
    assert inspect(content, size=len(content), announced=kind) == Dimensions(width, height)


@given(TYPES, st.integers(0, 400), st.booleans())
def test_a_cut_header_is_read_further_and_a_cut_file_refused(kind, length, webp_extended):
    content = picture(kind, (30, 20), **({"icc_profile": bytes(100)} if webp_extended else {}))
    head = content[:length]
    if length < 12:  # not even the type can be told
        return
    try:
        found = inspect(head, size=len(content), announced=kind)
        assert found == Dimensions(30, 20)
    except HeaderCut:
        assert len(head) < len(content)
    if length < len(content) and kind is PhotoType.WEBP:
        with pytest.raises(Refused, match="image-truncated"):
            inspect(head, size=length, announced=kind)


@given(TYPES, st.binary(max_size=200), st.booleans(), st.integers(0, 1000))
def test_no_bytes_do_harm(kind, content, magic, more):
    content = MAGIC[kind] + content if magic else content
    try:
        found = inspect(content, size=len(content) + more, announced=kind)
    except (Refused, HeaderCut):
        return
    assert found.width >= 1
    assert found.height >= 1


@pytest.mark.parametrize(
    ("width", "height", "good"),
    [
        (12_000, 4_166, True),
        (12_001, 1, False),
        (1, 12_001, False),
        (12_000, 4_167, False),
        (2**31, 2**31, False),
        (0, 5, None),
    ],
)
def test_a_pixel_bomb_is_refused(width, height, good):
    content = png(width, height)
    if good:
        assert inspect(content, size=50, announced=PhotoType.PNG) == Dimensions(width, height)
        return
    code = "image-malformed" if good is None else "image-too-many-pixels"
    with pytest.raises(Refused, match=code):
        inspect(content, size=50, announced=PhotoType.PNG)


def test_another_type_is_named():
    with pytest.raises(Refused, match="image/png was uploaded"):
        inspect(png(1, 1), size=50, announced=PhotoType.JPEG)
    with pytest.raises(Refused, match="a HEIC photo was uploaded"):
        inspect(b"\x00\x00\x00\x18ftypheic", size=50, announced=PhotoType.JPEG)


@pytest.mark.parametrize(
    ("size", "code"), [(0, "image-empty"), (-1, "image-empty"), (MAX_BYTES + 1, "image-too-large")]
)
def test_a_size_is_checked(size, code):
    check_size(MAX_BYTES)
    with pytest.raises(Refused, match=code):
        check_size(size)


@pytest.mark.parametrize(
    ("text", "found"),
    [("image/jpeg", PhotoType.JPEG), ("IMAGE/PNG", PhotoType.PNG), (" image/webp; q=1", PhotoType.WEBP)],
)
def test_a_type_is_accepted(text, found):
    assert accepted_type(text) is found


@given(st.text(max_size=40).filter(lambda text: not text.lower().strip().startswith("image/")))
def test_any_other_type_is_refused(text):
    with pytest.raises(Refused, match="image-type-not-accepted"):
        accepted_type(text)
