"""How the folder that stands differs from the one that the description makes."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from tierwright.output.foreign import INDEX
from tierwright.output.tree import Tree

_MOST_LINES = 400


@dataclass(frozen=True)
class Drift:
    """Files to add, to change and to remove; false when there are none."""

    added: tuple[str, ...]
    changed: tuple[tuple[str, bytes, bytes], ...]
    removed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    def text(self, output: Path) -> str:
        """For a terminal or a log: a line a file, then what changed within them."""
        if not self:
            return f"{output} is what the description makes"
        found = {"missing": self.added, "different": self.changed, "too many": self.removed}
        counts = ", ".join(f"{len(paths)} {word}" for word, paths in found.items() if paths)
        lines = [
            f"{output} is not what the description makes: {counts}. Run `tierwright synth` and commit it.",
            *(f"  missing    {output}/{path}" for path in self.added),
            *(f"  different  {output}/{path}" for path, _, _ in self.changed),
            *(f"  too many   {output}/{path}" for path in self.removed),
        ]
        differences: list[str] = []
        for path, present, wanted in self.changed:
            if path.endswith(f"/{INDEX}"):
                continue  # it follows from the others, and is longer than them
            differences += difflib.unified_diff(
                present.decode(errors="replace").splitlines(),
                wanted.decode(errors="replace").splitlines(),
                f"{output}/{path} as it stands",
                f"{output}/{path} as described",
                lineterm="",
            )
        left = len(differences) - _MOST_LINES
        more = [f"… and {left} more lines of difference"] if left > 0 else []
        return "\n".join([*lines, *differences[:_MOST_LINES], *more])


def between(present: Tree, wanted: Tree) -> Drift:
    """What would change if `wanted` took the place of `present`."""
    return Drift(
        added=tuple(path for path in wanted.files if path not in present.files),
        changed=tuple(
            (path, present.files[path], content)
            for path, content in wanted.files.items()
            if path in present.files and present.files[path] != content
        ),
        removed=tuple(path for path in present.files if path not in wanted.files),
    )
