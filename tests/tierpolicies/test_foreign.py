"""Well-kept applications of strangers, without any description: not a word is said about them."""

from datetime import date
from pathlib import Path

import pytest

from tierpolicies import judge

FOREIGN = Path(__file__).parent / "foreign"
TODAY = date(2026, 11, 1)


@pytest.mark.parametrize("folder", sorted(FOREIGN.iterdir()), ids=lambda folder: folder.name)
@pytest.mark.parametrize("kubernetes", ["1.28", None], ids=["on 1.28", "on the newest"])
def test_a_well_kept_application_gets_no_finding(folder: Path, kubernetes: str | None) -> None:
    report = judge(folder, platform=None, today=TODAY, kubernetes=kubernetes)
    assert [(each.rule, str(each.subject), each.message) for each in report.findings] == []
    assert report.objects > 0
