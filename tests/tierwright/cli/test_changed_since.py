"""`check --changed-since`: with what stood in the base and was not touched, all that a full check finds."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.shipped_project import ROOT
from tests.tierwright.cli.git_project import PLATFORM, TODAY, GitProject, config
from tierpolicies import rules
from tierpolicies.engine.finding import Finding
from tierpolicies.engine.registry import is_local
from tierwright.cli import check

RULES = Path(rules.__file__).parent
FOREIGN = ROOT / "tests/tierpolicies/foreign"
WAIVED = """\
waivers:
  - rule: security/host-path
    object: Job/shop/import
    owner: platform-team
    reason: It is waited for.
    expires: 2026-12-31
"""
Told = tuple[object, ...]


@dataclass(frozen=True)
class Checked:
    """A repository of two environments, in which files come, go and change."""

    git: GitProject

    def findings(self, *, changed_since: str | None = None) -> tuple[Finding, ...]:
        folder = self.git.root / "dist"
        request = check.Request(directory=folder, today=TODAY, cached=False, changed_since=changed_since)
        return check.report(request, linked=False).findings


def told(findings: tuple[Finding, ...]) -> list[Told]:
    """What is compared; the number that tells equal fingerprints apart counts what is left out, too."""
    plain = (replace(each, fingerprint=re.sub(r"-\d+$", "", each.fingerprint)) for each in findings)
    return sorted((each.order, str(each)) for each in plain)


def repository(root: Path) -> GitProject:
    files = {"platform.yaml": PLATFORM + WAIVED}
    for path in (*sorted(FOREIGN.glob("*/*.yaml")), *sorted(RULES.glob("security/*/bad/*.yaml"))):
        files[f"dist/prod/{path.parts[-3]}-{path.parent.name}-{path.name}"] = path.read_text()
    for path in sorted(RULES.glob("reliability/*/bad/*.yaml")):
        files[f"dist/dev/{path.parts[-3]}-{path.name}"] = path.read_text()
    files["dist/prod/other.yaml"] = config("other", "42")
    return GitProject.new(root, files)


def change(git: GitProject, chance: random.Random) -> set[str]:
    """One to four changes at random; the names of the files, below dist."""
    names = set()
    for _ in range(chance.randint(1, 4)):
        environment = chance.choice(["prod", "dev"])
        path = chance.choice(sorted((git.root / "dist" / environment).glob("*.yaml")))
        text = path.read_text()
        match chance.choice(["delete", "copy", "image", "word", "break", "add"]):
            case "delete":
                path.unlink()
            case "copy":
                path = path.with_name(f"copy-{path.name}")
                path.write_text(text.replace("name: ", "name: copy-", 1))
            case "image":
                path.write_text(re.sub(r"image: \S+", "image: docker.io/library/redis:latest", text))
            case "word":
                word = chance.choice(sorted(set(re.findall(r"[a-z]{4,}", text))))
                path.write_text(text.replace(word, f"{word}x", 1))
            case "break":
                path.write_text(f"{text}\n  {{\n")
            case _:
                path = path.with_name(f"new-{chance.randint(0, 9)}.yaml")
                path.write_text(config(path.stem, "42"))
        names.add(f"{environment}/{path.name}")
    return names


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> GitProject:
    return repository(tmp_path_factory.mktemp("changed") / "repository")


@pytest.mark.parametrize("seed", range(12))
def test_with_what_was_not_touched_it_is_all_that_a_full_check_finds(base: GitProject, seed: int) -> None:
    checked = Checked(base)
    before = checked.findings()
    assert any(each.waived for each in before)
    changed = change(base, random.Random(seed))
    if seed % 2:
        base.commit()
    try:
        whole, part = checked.findings(), checked.findings(changed_since="main~1" if seed % 2 else "main")
    finally:
        base.git("reset", "--quiet", "--hard", "main~1" if seed % 2 else "main")
        base.git("clean", "--quiet", "-d", "--force")
    touched = {name.partition("/")[0] for name in changed}
    kept = tuple(
        each
        for each in before
        if each.environment not in touched or (is_local(each.rule) and each.file not in changed)
    )
    assert told((*part, *kept)) == told(whole)
    assert len(part) < len(whole)


def test_a_change_of_the_description_affects_everything(tmp_path: Path) -> None:
    git = repository(tmp_path / "repository")
    checked = Checked(git)
    git.write({"platform.yaml": PLATFORM})
    assert checked.findings(changed_since="HEAD") == checked.findings()
    (git.root / "platform.yaml").unlink()
    assert checked.findings(changed_since="HEAD") == checked.findings()


def test_nothing_that_changed_finds_nothing(tmp_path: Path) -> None:
    git = repository(tmp_path / "repository")
    git.write({"README.md": "Nothing that is checked."})
    done = git.run("--changed-since", "HEAD")
    assert done.returncode == 0
    assert done.stdout.startswith("Clean: 0 objects checked")
    assert "nothing that is checked changed since HEAD" in done.stderr


def test_what_names_no_past_is_wrong_usage(tmp_path: Path) -> None:
    git = repository(tmp_path / "repository")
    calls = {
        ("--changed-since", "nowhere"): "--changed-since nowhere:",
        ("--changed-since", ""): "is no revision",
        ("--changed-since=--all",): "is no revision",
        ("-", "--changed-since", "HEAD"): "standard input has no past",
        ("--changed-since", "HEAD", "--base", "HEAD"): "--base compares whole reports",
    }
    for arguments, words in calls.items():
        done = git.run(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert words in done.stderr
