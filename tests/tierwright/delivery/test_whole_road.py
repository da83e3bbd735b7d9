"""From an empty folder to a reverted release, by the commands of the workflows that `tierwright init` writes.

Two things cannot be had here, and somebody else stands in for them: the index that this version of tierwright
is installed from (the program `pip` is not run, the installed packages are), and the image of Python that the
apps' Containerfiles begin from (they are changed to begin from nothing).
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers.github import BOT, GitHub
from tests.servers.registry import Registry
from tests.tierwright.delivery.road import TIERWRIGHT, Clone, Road, program, run
from tests.tierwright.delivery.test_workflow_runs import FAILURE, SUCCESS, variables
from tests.tierwright.delivery.workflow import Runner

APPS = ("hello", "orders")
IMAGE = "FROM scratch\nARG REVISION\nLABEL made=${{REVISION}}\nCOPY apps/{app} /app/\n"
UNREADABLE = 3
ORDERS = "apps/orders/app.yaml"


@dataclass
class Team:
    """A new repository, its remote, and the runners of its workflows."""

    road: Road
    github: GitHub
    own: Clone
    runs: int = 0

    def released(self, before: str = "") -> Runner:
        """Run the workflow of a push to main to its end; `before` comes before the first build."""
        checkout = self._checkout("main")
        runner = self._runner(checkout)
        tools = self._tools(before)
        (runner.scratch / "path").write_text(f"{tools}\n")
        codes = runner.run(checkout.root / ".github/workflows/release.yml", "release")
        assert set(codes.values()) == {SUCCESS}, runner.told
        return runner

    def verified(self, branch: str) -> tuple[Runner, dict[str, int]]:
        """Run the workflow of a pull request to its end."""
        checkout = self._checkout(branch)
        runner = self._runner(checkout)
        (runner.scratch / "path").write_text(f"{self._tools()}\n")
        file = checkout.root / ".github/workflows/verify.yml"
        codes = {
            f"{job}: {name}": code
            for job in ("test", "difference")
            for name, code in runner.run(file, job, after_failure=["Comment"]).items()
        }
        return runner, codes

    def change(self, path: str, old: str, new: str, *, branch: str = "main") -> str:
        """Commit and push a change of a file to a branch, which begins from main; the commit."""
        self.own.git("fetch", "--quiet", "--prune", "origin")
        known = self.own.git("branch", "--remotes", "--format=%(refname:lstrip=3)").split()
        self.own.git("checkout", "--quiet", "-B", branch, f"origin/{branch if branch in known else 'main'}")
        file = self.own.root / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))
        self.own.git("commit", "--quiet", "--all", f"--message=change {path}")
        self.own.git("push", "--quiet", "origin", branch)
        return self.own.git("rev-parse", "HEAD")

    def _checkout(self, branch: str) -> Clone:
        self.runs += 1
        clone = self.road.clone(f"checkout-{self.runs}")
        clone.git("checkout", "--quiet", branch)
        return clone

    def _runner(self, checkout: Clone) -> Runner:
        scratch = self.road.folder / f"runner-{self.runs}"
        given = {
            **variables(scratch, self.github),
            "GITHUB_ACTOR": "minji",
            "GITHUB_REF_NAME": "main",
            "GITHUB_REF_TYPE": "branch",
            "REGISTRY_AUTH_FILE": str(scratch / "auth.json"),
            **self.road.registry.variables,
        }
        return Runner(checkout.root, scratch, given, {"github.token": BOT})

    def _tools(self, before: str = "") -> Path:
        folder = self.road.folder / f"tools-{self.runs}"
        builder = program(
            folder,
            f"""case "$1" in
login) shift; set -- login --tls-verify=false "$@" ;;  # it does not read who may speak plainly
build) [ -e {folder}/done ] || {{ : >{folder}/done; {before or ":"}; }} ;;
esac""",
        )
        installing = folder / "pip"
        installing.write_text(
            '#!/bin/sh\n[ "$*" = "install -r requirements.txt" ] && [ -e requirements.txt ]\n'
        )
        installing.chmod(0o755)
        return builder.parent


@pytest.fixture
def team(tmp_path: Path, registry: Registry, github_server: GitHub) -> Team:
    """What somebody has pushed who began with an empty folder, and added a service."""
    root = tmp_path / "shop"
    place = f"{registry.host}/{tmp_path.name}"
    for folder, words in (
        (tmp_path, ["init", str(root), "--registry", place]),
        (root, ["new", "api", "orders", "--tier", "web"]),
    ):
        done = run(folder, [*TIERWRIGHT, *words])
        assert done.returncode == 0, done.stdout + done.stderr
    for app in APPS:
        (root / f"apps/{app}/Containerfile").write_text(IMAGE.format(app=app))
    remote = tmp_path / "remote.git"
    assert (
        run(tmp_path, ["git", "init", "--quiet", "--bare", "--initial-branch=main", remote]).returncode == 0
    )
    own = Clone(root)
    own.git("init", "--quiet", "--initial-branch=main")
    own.git("remote", "add", "origin", f"file://{remote}")
    own.write({}, message="a shop")
    return Team(Road(remote, tmp_path, registry), github_server, own)


def test_the_whole_road(team: Team) -> None:
    road = team.road
    team.released()
    assert road.commits() == ["Release hello, orders to dev", "a shop"]
    for app in APPS:
        locked = road.lock()["dev"][app]
        digest, _ = road.registry.manifest(f"{road.folder.name}/{app}", locked["tag"])
        assert locked["digest"] == digest
        deployment = road.git("show", f"main:dist/dev/tier-2-web/{app}/Deployment-{app}.yaml")
        assert f"{app}:{locked['tag']}@{digest}" in deployment
    assert f"Source-Commit: {road.git('rev-parse', 'main~1')}" in road.git("log", "-1", "--format=%B", "main")

    # Somebody pushes while the next release builds: it synthesizes again, on top of theirs.
    team.change("apps/orders/main.py", "What the service is there for", "What orders are there for")
    other = road.clone("colleague")
    theirs = (
        f"cd {other.root}; git pull -q --rebase origin main; sed -i 's/cpu: 50m/cpu: 60m/' {ORDERS}; "
        "git commit -qam theirs; git push -q origin HEAD:main; cd - >/dev/null"
    )
    assert "cpu: 50m" in (other.root / ORDERS).read_text()
    runner = team.released(theirs)
    assert "synthesizing again on top of it" in runner.told["Release"]
    assert road.commits()[:2] == ["Release orders to dev", "theirs"]
    road.assert_synthesized()
    before, lock = road.dist(), road.lock()

    # A pull request gets one comment, which follows its commits.
    team.change(ORDERS, "cpu: 60m", "cpu: 110m", branch="more")
    _, codes = team.verified("more")
    assert set(codes.values()) == {SUCCESS}
    [first] = team.github.bodies
    assert "Deployment/orders/orders" in first
    assert "+50m CPU requested" in first
    team.change(ORDERS, "cpu: 110m", "cpu: 120m", branch="more")
    _, codes = team.verified("more")
    [second] = team.github.bodies
    assert "+60m CPU requested" in second

    # A bad change is refused, at the line to mend: what cannot be meant, and what has no room.
    def line_of(text: str) -> int:
        lines = (team.own.root / ORDERS).read_text().splitlines()
        return next(number for number, line in enumerate(lines, start=1) if text in line)

    team.change(ORDERS, "memory: 64Mi", "memory: 64Gi", branch="worse")
    runner, codes = team.verified("worse")
    assert codes["difference: Verify"] == UNREADABLE
    assert f"::error file={ORDERS},line={line_of('64Gi')},col=" in runner.told["Verify"]
    assert "dist could not be made" in team.github.bodies[0]
    team.change(ORDERS, "memory: 128Mi", "memory: 128Gi", branch="worse")
    runner, codes = team.verified("worse")
    assert codes["difference: Verify"] == FAILURE
    assert f"::error file={ORDERS},line={line_of('  orders:')}," in runner.told["Verify"]
    assert "Not ready" in team.github.bodies[0]

    # The good one is merged and released; a revert of both gives back what was there.
    merged = run(road.remote, ["git", "update-ref", "refs/heads/main", "more"])
    assert merged.returncode == 0
    team.released()
    assert road.commits()[0] == "Synthesize dist"
    assert road.dist() != before
    team.own.git("checkout", "--quiet", "main")
    team.own.git("pull", "--quiet", "--rebase", "origin", "main")
    team.own.git("revert", "--no-edit", "HEAD", "HEAD~1", "HEAD~2")
    team.own.git("push", "--quiet", "origin", "main")
    assert (road.dist(), road.lock()) == (before, lock)
    runner = team.released()
    assert runner.told["Release"].startswith("nothing to release\n")
    road.assert_synthesized()


def test_what_it_runs_on_is_held_to_what_zizmor_wants(team: Team) -> None:
    zizmor = Path(sys.executable).with_name("zizmor")
    command = [str(zizmor), "--offline", "--persona=pedantic", "--no-progress", ".github"]
    done = subprocess.run(
        command, cwd=team.own.root, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout
