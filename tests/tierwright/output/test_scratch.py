"""Scratch folders go with their processes, be it only when the next one comes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tierwright.output.errors import OutputError
from tierwright.output.scratch import scratch

WAITING = """
import sys, time
from pathlib import Path
from tierwright.output.scratch import scratch
with scratch(Path(sys.argv[1])) as place:
    print(place.parent.name, flush=True)
    time.sleep(60)
"""


def folders(project: Path) -> list[str]:
    return sorted(path.name for path in (project / ".tierwright").iterdir())


@pytest.mark.parametrize("ended_by", [signal.SIGKILL, signal.SIGTERM])
def test_what_a_killed_process_left_goes_and_what_a_running_one_needs_stays(
    tmp_path: Path, ended_by: signal.Signals
) -> None:
    command = [sys.executable, "-c", WAITING, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        name = other.stdout.readline().strip()
        with scratch(tmp_path) as own:
            assert folders(tmp_path) == sorted([name, own.parent.name])
        other.send_signal(ended_by)
    assert folders(tmp_path) == [name]
    with scratch(tmp_path) as own:
        assert folders(tmp_path) == [own.parent.name]
        assert f"-{os.getpid()}-" in own.parent.name
    assert folders(tmp_path) == []


def test_what_only_looks_like_a_scratch_folder_stays(tmp_path: Path) -> None:
    (tmp_path / ".tierwright/judging-notes").mkdir(parents=True)
    with scratch(tmp_path):
        pass
    assert folders(tmp_path) == ["judging-notes"]


def test_a_place_that_cannot_be_written_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / ".tierwright").touch()
    with pytest.raises(OutputError, match=r"\.tierwright"), scratch(tmp_path):
        pass
