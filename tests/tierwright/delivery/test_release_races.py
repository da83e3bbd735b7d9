"""A release while others push, when the remote refuses, and when it is killed: the branch stays whole."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from pathlib import Path

from tests.servers.waiting import eventually
from tests.tierwright.delivery.road import BUILT, TIERWRIGHT, Clone, Road, program

SECONDS = 120


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    told, _ = process.communicate(timeout=SECONDS)
    assert "Traceback" not in told
    return process.returncode, told


def meanwhile(folder: Path, other: Clone, commands: str) -> str:
    """A builder in whose first build somebody else's commands run to their end."""
    mark = folder / "done"
    script = f"if [ ! -e {mark} ]; then : >{mark}; (cd {other.root}; {commands}) >&2; fi"
    return str(program(folder, script))


def test_two_releases_at_the_same_time_are_both_there(released: Road) -> None:
    first, second = released.clone("first"), released.clone("second")
    first.write({"apps/waste/main.py": "print('better')\n"})
    second.git("pull", "--quiet", "--rebase", "origin", "main")
    second.write({"apps/auth/main.py": "print('safer')\n"})
    waste, auth = first.start_release(), second.start_release()
    for code, told in (ended(waste), ended(auth)):
        assert code == 0, told
    lock = released.lock()["dev"]
    assert lock["auth"]["tag"] == f"sha-{second.git('rev-parse', 'HEAD')[:12]}"
    assert released.clone("after").run("changed", "--env", "dev").stdout == ""
    released.assert_synthesized()


def test_a_push_in_between_means_to_synthesize_again(released: Road, tmp_path: Path) -> None:
    clone, other = released.clone(), released.clone("other")
    source = clone.write({"apps/waste/main.py": "print('better')\n"})
    push = (
        "git pull -q --rebase origin main; sed -i 's/^timezone: .*/timezone: Europe\\/Berlin/' platform.yaml"
    )
    push += "; git commit -qam theirs; git push -q origin HEAD:main"
    done = clone.release("--builder", meanwhile(tmp_path / "bin", other, push))
    assert done.returncode == 0, done.stderr
    assert "synthesizing again on top of it" in done.stderr
    assert released.commits()[:3] == ["Release waste to dev", "theirs", "change"]
    assert released.lock()["dev"]["waste"]["tag"] == f"sha-{source[:12]}"
    released.assert_synthesized()


def test_a_release_never_goes_back_behind_a_later_one(released: Road, tmp_path: Path) -> None:
    clone, other = released.clone(), released.clone("other")
    clone.write({"apps/waste/main.py": "print('better')\n", "apps/auth/main.py": "print('safer')\n"})
    later = "git pull -q --rebase origin main; echo 'print(3)' >apps/waste/main.py; git commit -qam later"
    release = shlex.join([*TIERWRIGHT, "release", "--env", "dev", "--builder", "buildah"])
    later += f"; git push -q origin HEAD:main; {release}"
    done = clone.release("--builder", meanwhile(tmp_path / "bin", other, later))
    assert done.returncode == 0, done.stderr
    later_commit = other.git("rev-parse", "HEAD")
    lock = released.lock()["dev"]
    assert {lock[app]["tag"] for app in BUILT} == {f"sha-{later_commit[:12]}"}
    assert released.commits()[:2] == ["Release auth, waste to dev", "later"]
    assert done.stdout == "nothing to release\n"
    released.assert_synthesized()


def test_what_others_pushed_and_cannot_be_synthesized_stops_the_release(
    released: Road, tmp_path: Path
) -> None:
    clone, other = released.clone(), released.clone("other")
    clone.write({"apps/waste/main.py": "print('better')\n"})
    push = "git pull -q --rebase origin main; sed -i 's/redis-cache/redis-cash/' apps/worker_ai/app.yaml"
    push += "; git commit -qam broken; git push -q origin HEAD:main"
    done = clone.release("--builder", meanwhile(tmp_path / "bin", other, push))
    assert done.returncode == 1
    assert "did you mean 'redis-cache'?" in done.stderr
    assert "nothing was committed" in done.stderr
    assert released.commits()[0] == "broken"
    other.git("revert", "--no-edit", "HEAD")
    other.git("push", "--quiet", "origin", "HEAD:main")
    other.git("pull", "--quiet", "--rebase", "origin", "main")
    assert Clone(other.root, clone.variables).release().returncode == 0
    assert released.commits()[0] == "Release waste to dev"


def test_a_bad_change_is_refused_with_the_line_to_mend(released: Road) -> None:
    clone = released.clone()
    path = "apps/waste/app.yaml"
    text = (clone.root / path).read_text()
    clone.write({path: text.replace("memory: 256Mi", "memory: 256Gi")})
    before = released.tip
    done = clone.release()
    assert done.returncode == 1
    assert f"from {path}:" in done.stderr
    assert released.tip == before


def test_a_protected_branch_refuses_once_and_says_so(released: Road) -> None:
    clone = released.clone()
    clone.write({"apps/waste/main.py": "print('better')\n"})
    before = released.tip
    count = released.folder / "asked"
    refusal = "echo 'error: GH006: Protected branch update failed for refs/heads/main.' >&2; exit 1"
    released.hook("update", f"echo asked >>{count}\n{refusal}")
    done = clone.release()
    assert (done.returncode, done.stdout) == (1, "")
    assert "hook declined" in done.stderr
    assert "GH006: Protected branch update failed" in done.stderr
    assert "--branch" in done.stderr
    assert (released.tip, count.read_text()) == (before, "asked\n")


def test_a_remote_that_holds_the_branch_is_asked_again(released: Road) -> None:
    clone = released.clone()
    clone.write({"apps/waste/main.py": "print('better')\n"})
    held = released.remote / "refs/heads/main.lock"
    mark = released.folder / "asked"
    released.hook("pre-receive", f"if [ ! -e {mark} ]; then : >{mark}; : >{held}; else rm -f {held}; fi")
    done = clone.release()
    assert done.returncode == 0, done.stderr
    assert mark.exists()
    assert "synthesizing again" in done.stderr
    assert released.commits()[0] == "Release waste to dev"


def test_a_release_that_is_killed_while_it_builds_leaves_nothing(released: Road, tmp_path: Path) -> None:
    clone = released.clone()
    clone.write({"apps/waste/main.py": "print('better')\n"})
    before, mark = released.tip, tmp_path / "building"
    process = clone.start_release("--builder", str(program(tmp_path / "bin", f": >{mark}; sleep {SECONDS}")))
    eventually(mark.exists, "the image is being built", seconds=SECONDS)
    kill(process)
    assert released.tip == before
    done = clone.release()
    assert done.returncode == 0, done.stderr
    assert clone.git("worktree", "list").count("\n") == 0
    assert released.commits()[:2] == ["Release waste to dev", "change"]


def test_a_release_that_is_killed_while_it_pushes_leaves_all_or_nothing(released: Road) -> None:
    clone = released.clone()
    clone.write({"apps/waste/main.py": "print('better')\n"})
    before, mark = released.tip, released.folder / "pushing"
    released.hook("update", f": >{mark}; sleep {SECONDS}")
    process = clone.start_release()
    eventually(mark.exists, "the commit is being pushed", seconds=SECONDS)
    kill(process)
    assert released.tip == before
    released.hook("update", "exit 0")
    done = clone.release()
    assert done.returncode == 0, done.stderr
    assert released.commits()[:2] == ["Release waste to dev", "change"]
    released.assert_synthesized()


def kill(process: subprocess.Popen[str]) -> None:
    """End a release and all that it started, without a chance to tidy up."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=SECONDS)
