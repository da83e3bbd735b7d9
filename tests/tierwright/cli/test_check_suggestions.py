"""Mends that a reviewer can accept: on lines of the change, told from the repository's root."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.tierpolicies.report.samples import finding
from tests.tierwright.cli.git_project import GitProject
from tierpolicies.engine.finding import Mend
from tierpolicies.platform import Place
from tierpolicies.report import markdown
from tierpolicies.report.comparison import Comparison
from tierpolicies.report.model import Report, Suggestion
from tierwright.cli.check import _placed

LINES = "".join(f"key{number}: 1\n" for number in range(1, 31))


def test_only_lines_that_the_change_shows_get_one(tmp_path: Path) -> None:
    project = GitProject.new(
        tmp_path / "project", {"shop/platform.yaml": LINES, "shop/dist/a.yaml": "a: 1\n"}
    )
    project.git("branch", "base")
    project.write({"shop/platform.yaml": LINES.replace("key20: 1", "key20: 2  # why")})
    project.commit()
    near, far = (
        replace(finding(line), mend=Mend(Place("platform.yaml", line, 8), old, 3))
        for line, old in ((20, 2), (2, 1))
    )
    comparison = Comparison("base", (near, far), (), (), (), (), ())
    report = Report((near, far), 1, ("1.36",), comparison=comparison)

    placed = _placed(report, project.root / "shop/dist", project.root / "shop/platform.yaml", linked=False)

    assert (placed.prefix, placed.described_in) == ("shop/dist/", "shop/")
    assert placed.suggestions == {near.fingerprint: Suggestion("shop/platform.yaml", 20, "key20: 3  # why")}
    page = markdown.render(placed)
    block = "In `shop/platform.yaml:20` write:\n  ```suggestion\n  key20: 3  # why\n  ```\n"
    assert block in page
