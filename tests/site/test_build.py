"""The site is built as `./dev docs` builds it: no page is missing, no link leads nowhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = ROOT / ".docs/pages.py"


def built(folder: Path) -> subprocess.CompletedProcess[str]:
    program = str(Path(sys.executable).with_name("zensical"))
    return subprocess.run(
        [program, "build", "--strict"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_every_page_is_built_and_every_link_leads_somewhere(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(PAGES), str(tmp_path / "site")], cwd=ROOT, check=True)
    sources = tmp_path / "site/pages"
    answer = built(tmp_path / "site")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    for source in sources.rglob("*.md"):
        name = source.relative_to(sources).with_suffix("")
        page = tmp_path / "site/site" / (name.parent if name.name == "index" else name) / "index.html"
        assert "<h1" in page.read_text(encoding="utf-8"), name

    (sources / "start.md").write_text("# Start\n\n[nowhere](nowhere.md)\n")
    assert built(tmp_path / "site").returncode != 0
