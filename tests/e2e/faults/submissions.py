"""upload-complete comes twice, at once, too early, or of a job that is not the caller's."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

from tests.e2e.faults.scene import Scene
from tests.e2e.faults.stage import Stage


def _many_at_once(stage: Stage) -> None:
    """Each of three jobs is completed eight times at the same moment, by both replicas."""
    uploads = [stage.upload() for _ in range(3)]
    with ThreadPoolExecutor(24) as threads:
        answers = list(threads.map(stage.complete, uploads * 8))
    assert {answer.status_code for answer in answers} == {202}


def _again_later(stage: Stage) -> None:
    """While the job is under way, and after its end."""
    upload = stage.upload()
    held = stage.taps.s3.hold(f"uploads/{upload.job}".encode())
    stage.complete_at_last(upload)
    held.wait()
    assert stage.complete(upload).json()["state"] == "analyzing"
    held.release()
    stage.await_state(upload, "done")
    again = stage.complete(upload)
    assert (again.status_code, again.json()["state"]) == (202, "done")


def _out_of_order(stage: Stage) -> None:
    """Before the upload, of a job that there is not, and by somebody else."""
    upload = stage.announce()
    stage.refuse(upload, status=409, code="upload-missing")
    stage.refuse(upload.of(stage.phone, job=str(uuid.uuid4())), status=404, code="no-such-job")
    assert upload.send(upload.photo) == 201
    stranger = stage.log_in()
    stage.refuse(upload.of(stranger, job=upload.job), status=404, code="no-such-job")
    stage.complete_at_last(upload)
    stage.refuse(upload.of(stranger, job=upload.job), status=404, code="no-such-job")


def _same_photo(stage: Stage) -> None:
    """Jobs with one photo, which come while the model is asked about the first of them."""
    first = stage.upload()
    stage.model.about(first.picture).latency = 1
    stage.complete_at_last(first)
    for _ in range(5):
        stage.submit(image=first.photo)


SIDE_BY_SIDE = [
    Scene(name="upload-complete many times at once", inject=_many_at_once),
    Scene(name="upload-complete again, during and after", inject=_again_later),
    Scene(name="upload-complete out of order", inject=_out_of_order),
    Scene(name="same photo in several jobs", inject=_same_photo),
]
