"""The shipped platform, and copies of it that follow its owner's letter in one place."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from tierpolicies.engine.finding import Finding
from tierpolicies.judgement import judge
from tierpolicies.report.model import Report
from tierwright.description.loading import load
from tierwright.description.problems import DescriptionError
from tierwright.facts import facts
from tierwright.output.tree import Tree, write
from tierwright.synthesis import Synthesized, synthesize

ROOT = Path(__file__).parents[3]
TODAY = date(2026, 11, 23)
Parsed = Any
"""What a YAML file holds; its shape is what these tests are about."""
Edit = Callable[[Parsed], object]
"""Changes a parsed file in place; what it returns is not looked at."""


@dataclass(frozen=True)
class Generated:
    """One environment's manifests by `Kind/namespace/name`, its files, and the judge's report on them."""

    manifests: Mapping[str, Parsed]
    files: Mapping[str, bytes]
    report: Report
    page: str

    def of_kind(self, kind: str) -> list[Parsed]:
        return [each for each in self.manifests.values() if each["kind"] == kind]

    def pods(self) -> Mapping[str, Parsed]:
        """The pod templates of everything that runs, by `Kind/namespace/name`."""
        kinds = ("Deployment", "StatefulSet", "Job")
        return {
            key: each["spec"]["template"] for key, each in self.manifests.items() if each["kind"] in kinds
        }


def findings(report: Report, rule: str) -> list[Finding]:
    """What a rule says that nobody has waived."""
    return [finding for finding in report.findings if finding.rule == rule and finding.waived is None]


def errors(report: Report, rule: str) -> list[str]:
    """What a rule says that makes the check fail."""
    return [finding.message for finding in findings(report, rule) if finding.fails]


def notes(report: Report, rule: str) -> list[str]:
    return [finding.message for finding in findings(report, rule) if not finding.fails]


def described(folder: Path, edits: Mapping[str, Edit]) -> Path:
    """A copy of the shipped description, with some of its files edited."""
    for file in (ROOT / "platform.yaml", ROOT / "images.lock.yaml", *sorted(ROOT.glob("apps/*/app.yaml"))):
        name = file.relative_to(ROOT).as_posix()
        copy = folder / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if name in edits:
            parsed = yaml.safe_load(file.read_text())
            edits[name](parsed)
            copy.write_text(yaml.safe_dump(parsed, sort_keys=False))
        else:
            shutil.copyfile(file, copy)
    return folder


def refused(folder: Path, edits: Mapping[str, Edit]) -> list[str]:
    """The problems of an edited description, each as `file:line:column: message`, then the mend."""
    try:
        load(described(folder, edits))
    except DescriptionError as error:
        return [str(problem) for problem in error.problems]
    return []


def generated(folder: Path, environment: str) -> Generated:
    """What the description in a folder makes."""
    (result,) = synthesize(load(folder), [environment], today=TODAY, progress=lambda _: None)
    return _read(result)


def _read(result: Synthesized) -> Generated:
    manifests = {
        _name(parsed): parsed
        for path, content in result.files.items()
        if path.endswith(".yaml") and (parsed := yaml.load(content, yaml.CSafeLoader))
    }
    return Generated(manifests, result.files, result.report, result.files["report.md"].decode())


def _name(manifest: Parsed) -> str:
    metadata = manifest["metadata"]
    parts = (manifest["kind"], metadata.get("namespace"), metadata["name"])
    return "/".join(part for part in parts if part)


def tampered(folder: Path, shipped: Generated, name: str, edit: Edit) -> Report:
    """The judge's word on shipped files with one manifest changed, as no description could."""
    kind, _, rest = name.partition("/")
    namespace, _, own = rest.rpartition("/")
    ending = f"{namespace}/{kind}-{own}.yaml"
    (path,) = (path for path in shipped.files if path.endswith(ending))
    manifest = yaml.safe_load(shipped.files[path])
    edit(manifest)
    write(Tree({**shipped.files, path: yaml.safe_dump(manifest).encode()}), folder / "dist")
    return judge(folder / "dist", platform=facts(load(ROOT).platform, "prod"), today=TODAY)


def judged(files: Mapping[str, bytes]) -> Report:
    """The judge's word on manifests that are held in memory, as those of the shipped platform."""
    manifests = {path: content for path, content in files.items() if path.endswith(".yaml")}
    return judge(manifests, platform=facts(load(ROOT).platform, "prod"), today=TODAY)
