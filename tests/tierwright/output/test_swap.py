"""Whatever happens to a swap, everybody else sees the whole old tree or the whole new one."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import tierwright
from tierwright.output.errors import OutputError
from tierwright.output.lock import locked
from tierwright.output.swap import recover, replace
from tierwright.output.tree import Tree, write

Files = dict[str, bytes]
OLD = {"prod/report.md": b"old", "prod/cluster/a.yaml": b"old", "prod/cluster/gone.yaml": b"old"}
NEW = {"prod/report.md": b"new", "prod/cluster/a.yaml": b"new", "dev/come.yaml": b"new"}
REFUSED = 7  # the exit code of a synth that ended with an OutputError
SYNTH = f"""
import sys
from pathlib import Path
from tierwright.output.errors import OutputError
from tierwright.output.lock import locked
from tierwright.output.swap import replace
from tierwright.output.tree import Tree
project = Path(sys.argv[1])
try:
    with locked(project, waiting=lambda text: None):
        replace(project / "dist", Tree({NEW!r}))
except OutputError:
    sys.exit({REFUSED})
"""
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "PYTHONPATH": str(Path(tierwright.__file__).parents[1]),
    "PYTHONDONTWRITEBYTECODE": "1",
}
# What a swap asks of the kernel; '?' marks what only some machines have. Stat is left out: it changes
# nothing, so to be killed there is to be killed at the next call.
CALLS = [
    "?open", "openat", "write", "pwrite64", "close", "fsync", "?syncfs", "flock", "ftruncate",
    "?mkdir", "mkdirat", "?rename", "renameat", "renameat2", "?unlink", "unlinkat", "?rmdir",
    "?getdents64",
]  # fmt: skip


def outside_view(project: Path) -> Files | None:
    """Read dist without a line of the code under test; None where there is none."""
    dist = project / "dist"
    if not dist.exists():
        return None
    files = (path for path in dist.rglob("*") if path.is_file())
    return {path.relative_to(dist).as_posix(): path.read_bytes() for path in files}


def left_over(project: Path) -> list[str]:
    return sorted(path.name for path in project.iterdir() if path.name.startswith(".dist."))


def reset(project: Path, files: Files | None) -> None:
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir()
    if files is not None:
        write(Tree(files), project / "dist")


def traced_synth(project: Path, *injections: str, log: str = os.devnull) -> int:
    options = [option for injection in injections for option in ("-e", f"inject={injection}")]
    strace = ["strace", "-f", "-qq", "-o", log, "-e", f"trace={','.join(CALLS)}"]
    command = [*strace, *options, sys.executable, "-S", "-c", SYNTH, str(project)]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, check=False).returncode


def calls_of_the_swap(project: Path, *injections: str) -> list[tuple[str, int]]:
    """Run a synth and return its calls from the lock on, numbered as strace counts them."""
    log = project.with_name("trace")
    assert traced_synth(project, *injections, log=str(log)) == 0
    assert outside_view(project) == NEW
    counts: Counter[str] = Counter()
    calls = []
    for call in re.findall(r"^\d+ +(\w+)\(", log.read_text(), re.MULTILINE):
        counts[call] += 1
        if counts["flock"]:
            calls.append((call, counts[call]))
    return calls


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tmp_path / "project"


@pytest.mark.parametrize(
    ("before", "between", "injections"),
    [
        pytest.param(OLD, [OLD, NEW], [], id="exchange"),
        pytest.param(None, [None, NEW], [], id="first"),
        pytest.param(OLD, [OLD, None, NEW], ["renameat2:error=EINVAL"], id="two renames"),
    ],
)
def test_a_swap_killed_at_any_system_call_leaves_a_whole_tree_and_the_next_run_heals(
    project: Path, before: Files | None, between: list[Files | None], injections: list[str]
) -> None:
    reset(project, before)
    calls = calls_of_the_swap(project, *injections)
    seen: list[Files | None] = []
    for call, number in calls:
        reset(project, before)
        # strace admits one injection a call: a killed renameat2 changes nothing, refused or not.
        others = [injection for injection in injections if not injection.startswith(f"{call}:")]
        killed = traced_synth(project, *others, f"{call}:signal=KILL:when={number}")
        assert killed == -signal.SIGKILL, (call, number)
        view = outside_view(project)
        assert view in between, (call, number)
        if view is None and before:
            recover(project / "dist")
            assert outside_view(project) == before
        with locked(project, waiting=pytest.fail, timeout=0):
            replace(project / "dist", Tree(NEW))
        assert outside_view(project) == NEW
        assert left_over(project) == [], (call, number)
        seen.append(view)
    assert all(view in seen for view in between)
    assert len(calls) > 30


def test_whatever_the_system_refuses_is_an_output_error_and_leaves_a_whole_tree(
    project: Path,
) -> None:
    reset(project, OLD)
    refused = 0
    for call, number in calls_of_the_swap(project):
        reset(project, OLD)
        code = traced_synth(project, f"{call}:error=ENOSPC:when={number}")
        assert code in (0, REFUSED), (call, number)
        assert outside_view(project) == NEW if code == 0 else outside_view(project) in (OLD, NEW)
        refused += code == REFUSED
    assert refused > 40


@pytest.mark.parametrize("before", [OLD, None], ids=["exchange", "first"])
def test_the_new_tree_is_on_disk_before_it_gets_its_name(project: Path, before: Files | None) -> None:
    reset(project, before)
    calls = [call for call, _ in calls_of_the_swap(project)]
    naming = next(call for call in calls if call.startswith("rename"))
    assert "syncfs" in calls[: calls.index(naming)]
    assert "fsync" in calls[calls.index(naming) :]


def test_synths_at_once_take_turns_and_a_reader_never_sees_a_mixture(project: Path) -> None:
    reset(project, {"prod/a": b"0", "prod/b": b"0"})
    several = """
import sys
from pathlib import Path
from tierwright.output.lock import locked
from tierwright.output.swap import replace
from tierwright.output.tree import Tree
project, mine = Path(sys.argv[1]), sys.argv[2].encode()
for turn in range(20):
    with locked(project, waiting=lambda text: None):
        replace(project / "dist", Tree({f"prod/{name}{sys.argv[2]}": mine for name in "abcdef"}))
"""
    command = [sys.executable, "-S", "-c", several, str(project)]
    synths = [subprocess.Popen([*command, str(number)], env=ENVIRONMENT) for number in range(1, 4)]
    seen = Counter[str]()
    while any(synth.poll() is None for synth in synths):
        folder = os.open(project / "dist", os.O_RDONLY)
        try:
            prod = os.open("prod", os.O_RDONLY, dir_fd=folder)
            names = os.listdir(prod)  # noqa: PTH208  pathlib cannot list what a handle holds
            os.close(prod)
        except FileNotFoundError:
            names = []
        # Only a tree that was still in place after it was read has to be whole.
        if os.path.samestat(os.fstat(folder), (project / "dist").stat()):
            owner = names[0][1:]
            assert sorted(names) == [f"{name}{owner}" for name in ("abcdef" if owner else "ab")]
            seen[owner] += 1
        os.close(folder)
    assert [synth.wait() for synth in synths] == [0, 0, 0]
    assert len(seen) > 1
    assert left_over(project) == []


def test_a_system_without_exchange_and_syncfs_swaps_too(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ctypes.CDLL", lambda *_, **__: object())
    for files in (OLD, NEW):
        replace(project / "dist", Tree(files))
        assert outside_view(project) == files
        assert left_over(project) == []


def test_an_interrupted_swap_clears_up_after_itself(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(tree: Tree, folder: Path) -> None:
        write(tree, folder)
        raise KeyboardInterrupt

    reset(project, OLD)
    monkeypatch.setattr("tierwright.output.swap.write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        replace(project / "dist", Tree(NEW))
    assert outside_view(project) == OLD
    assert left_over(project) == []


def test_what_only_looks_like_a_left_over_stays(project: Path) -> None:
    reset(project, OLD)
    others = [".dist.new-notes", ".dist.old", "dist.new-0123abcd", ".dist2.new-0123abcd"]
    for name in (*others, ".dist.new-0123abcd"):
        (project / name).mkdir()
    replace(project / "dist", Tree(NEW))
    assert {path.name for path in project.iterdir()} == {"dist", *others}


@pytest.mark.parametrize("kind", ["link", "broken link", "file"])
def test_a_target_that_is_no_folder_is_refused(project: Path, kind: str) -> None:
    reset(project, OLD)
    target = project / "target"
    if kind == "file":
        target.touch()
    else:
        target.symlink_to("dist" if kind == "link" else "nowhere")
    with pytest.raises(OutputError, match=r"a symbolic link or a file\. Remove it") as caught:
        replace(target, Tree(NEW))
    assert caught.value.path == str(target)
    assert outside_view(project) == OLD
