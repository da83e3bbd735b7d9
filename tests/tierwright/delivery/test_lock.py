"""The image lock as machines write it: the same bytes for the same images, and no comment is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierwright.delivery.errors import DeliveryError
from tierwright.delivery.lock import Images, LockFile
from tierwright.delivery.promotion import applied, promoted, recorded
from tierwright.description.images import Image

ROOT = Path(__file__).parents[3]
DIGEST = f"sha256:{'4b' * 32}"
COMMENTED = f"""\
# whose file this is
version: 1

images:
  # where we try
  dev:
    web: {{tag: sha-1a2b3c4, digest: null}}  # held back
    api:
      tag: sha-1a2b3c4
      digest: {DIGEST}
  prod: {{}}
# the end
"""

names = st.from_regex(r"[a-z][a-z0-9-]{0,8}[a-z0-9]", fullmatch=True)
images = st.builds(
    Image,
    tag=st.from_regex(r"sha-[0-9a-f]{7,40}", fullmatch=True),
    digest=st.none() | st.from_regex(r"sha256:[0-9a-f]{64}", fullmatch=True),
)
locks = st.dictionaries(names, st.dictionaries(names, images, max_size=4), max_size=3)


def plain(images: Images) -> dict[str, dict[str, dict[str, object]]]:
    return {name: {app: image.model_dump() for app, image in apps.items()} for name, apps in images.items()}


def lock_of(folder: Path, text: str) -> LockFile:
    (folder / "images.lock.yaml").write_text(text)
    return LockFile.read(folder)


def test_the_shipped_lock_is_as_machines_write_it() -> None:
    assert LockFile.read(ROOT).text() == (ROOT / "images.lock.yaml").read_text()


def test_comments_stay_with_their_lines(tmp_path: Path) -> None:
    lock = lock_of(tmp_path, COMMENTED)
    changed = lock.changed(
        {"dev": {"web": Image(tag="sha-5d6e7f8", digest=DIGEST)}, "prod": {"on": lock.images["dev"]["api"]}}
    )
    assert (
        changed.text()
        == f"""\
# whose file this is
version: 1

images:
  # where we try
  dev:
    api: {{tag: sha-1a2b3c4, digest: {DIGEST}}}
    web: {{tag: sha-5d6e7f8, digest: {DIGEST}}}  # held back
  prod:
    "on": {{tag: sha-1a2b3c4, digest: {DIGEST}}}
# the end
"""
    )


def test_a_lock_that_is_not_there_yet_is_begun_with_its_header(tmp_path: Path) -> None:
    text = LockFile.read(tmp_path).changed({"dev": {"web": Image(tag="sha-1a2b3c4")}}).text()
    assert text.startswith("# yaml-language-server: ")
    assert text == lock_of(tmp_path, text).text()


@settings(max_examples=60, deadline=None)
@given(held=locks, changes=locks)
def test_what_is_written_reads_back_and_nothing_else_moves(
    tmp_path_factory: pytest.TempPathFactory, held: Images, changes: Images
) -> None:
    folder = tmp_path_factory.mktemp("lock")
    first = lock_of(folder, LockFile(held).text())
    assert plain(first.images) == plain(held)
    second = lock_of(folder, first.changed(changes).text())
    wanted = {**held, **{name: {**held.get(name, {}), **apps} for name, apps in changes.items()}}
    assert plain(second.images) == plain(wanted)
    assert second.text() == (folder / "images.lock.yaml").read_text()


def test_a_promotion_moves_exactly_the_digests_that_are_named(tmp_path: Path) -> None:
    released = Image(tag="sha-5d6e7f8", digest=DIGEST)
    former = Image(tag="sha-1a2b3c4", digest=f"sha256:{'0' * 64}")
    lock = LockFile({"dev": {"api": released, "web": released}, "prod": {"api": former, "web": former}})
    moves = promoted(lock, "dev", "prod", ["web"])
    assert [str(move) for move in moves] == [f"prod: web sha-1a2b3c4 → sha-5d6e7f8 {DIGEST}"]
    after = applied(lock, moves)
    assert after.images == {"dev": lock.images["dev"], "prod": {"api": former, "web": released}}
    assert not any(promoted(after, "dev", "prod", ["web"]))


def test_what_was_never_pushed_is_not_promoted() -> None:
    lock = LockFile(
        {"dev": {"api": Image(tag="sha-1a2b3c4"), "web": Image(tag="sha-1a2b3c4", digest=DIGEST)}}
    )
    with pytest.raises(DeliveryError, match="api, cron: no digest in dev"):
        promoted(lock, "dev", "prod", ["api", "web", "cron"])


def test_a_release_is_recorded_where_it_runs() -> None:
    image = Image(tag="sha-1a2b3c4", digest=DIGEST)
    moves = recorded(LockFile({}), "web", image, ["dev", "test"])
    assert applied(LockFile({}), moves).images == {"dev": {"web": image}, "test": {"web": image}}
