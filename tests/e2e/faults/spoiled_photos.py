"""What lies in the storage is not, or no longer, the photo that it should be."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.e2e.app import photo
from tests.e2e.faults.ledger import Ends
from tests.e2e.faults.scene import Scene
from tests.e2e.faults.stage import Stage
from tests.e2e.faults.upload import Upload

_TOO_LARGE = bytes(10 * 1024 * 1024 + 1)


def _after_the_check(change: Callable[[Stage, Upload], None]) -> Callable[[Stage], None]:
    """The job is accepted, and its photo changed before the worker gets it."""

    def inject(stage: Stage) -> None:
        upload = stage.upload()
        held = stage.taps.s3.hold(f"GET /[^ ]*uploads/{upload.job}".encode())
        stage.complete_at_last(upload)
        held.wait()
        change(stage, upload)
        held.release()

    return inject


def _refused(content: bytes, *, code: str) -> Callable[[Stage], None]:
    """The job is not accepted with this content; with a photo, which the same form takes, it is."""

    def inject(stage: Stage) -> None:
        upload = stage.announce()
        stage.put(upload, content)
        stage.refuse(upload, status=422, code=code)
        assert upload.send(upload.photo) == 201
        stage.complete_at_last(upload)

    return inject


def _half_of_it_is_missing(stage: Stage) -> None:
    whole = photo()
    stage.submit(image=whole[: len(whole) // 2])


def _too_large_for_the_form(stage: Stage) -> None:
    """The storage itself refuses it."""
    upload = stage.announce()
    assert upload.send(_TOO_LARGE) == 400
    stage.refuse(upload, status=409, code="upload-missing")
    assert upload.send(upload.photo) == 201
    stage.complete_at_last(upload)


def _fails(reason: str) -> Mapping[str, Ends]:
    """Nobody asks the model."""
    return {"photo": Ends(reason=reason, asked=0, answered=0)}


SIDE_BY_SIDE = [
    Scene(
        name="photo missing after the check",
        inject=_after_the_check(lambda stage, upload: stage.remove(upload)),
        expect=_fails("image-missing"),
    ),
    Scene(
        name="photo changed after the check",
        inject=_after_the_check(lambda stage, upload: stage.put(upload, photo())),
        expect=_fails("image-changed"),
    ),
    Scene(
        name="photo that is only half there",
        inject=_half_of_it_is_missing,
        expect=_fails("image-undecodable"),
    ),
    Scene(
        name="no image at upload-complete",
        inject=_refused(b"no image", code="image-type-mismatch"),
    ),
    Scene(
        name="image too large at upload-complete",
        inject=_refused(_TOO_LARGE, code="image-too-large"),
    ),
    Scene(name="image too large for the storage's form", inject=_too_large_for_the_form),
]
