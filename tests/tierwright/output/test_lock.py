import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tierwright.output.errors import OutputError
from tierwright.output.lock import locked

HOLDER = """
import sys, time
from pathlib import Path
from tierwright.output.lock import locked
with locked(Path(sys.argv[1]), waiting=print):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def holder(project: Path, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLDER, str(project), str(seconds)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_process_waits_and_says_for_whom(tmp_path: Path) -> None:
    told: list[str] = []
    with holder(tmp_path, 0.3) as first, locked(tmp_path, waiting=told.append):
        assert first.wait(5) == 0
        assert (tmp_path / ".tierwright/lock").read_text() == str(os.getpid())
    assert told == [f"Waiting for process {first.pid}, which holds {tmp_path}/.tierwright/lock"]


def test_waiting_ends_with_the_name_of_the_holder(tmp_path: Path) -> None:
    start = time.monotonic()
    with holder(tmp_path, 30) as first:
        expected = rf"process {first.pid} has held this lock for more than 0.2 s\. Wait until"
        with pytest.raises(OutputError, match=expected), locked(tmp_path, waiting=print, timeout=0.2):
            pass
        assert time.monotonic() - start < 10
        first.kill()


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    with holder(tmp_path, 30) as first:
        first.kill()
    with locked(tmp_path, waiting=pytest.fail, timeout=0):
        pass


def test_the_lock_is_free_after_an_error(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(KeyError), locked(tmp_path, waiting=pytest.fail, timeout=0):
            raise KeyError


def test_a_lock_that_cannot_be_made_is_an_error_with_its_path(tmp_path: Path) -> None:
    (tmp_path / ".tierwright").touch()
    with pytest.raises(OutputError, match=r"\.tierwright") as caught, locked(tmp_path, waiting=print):
        pass
    assert caught.value.mend
