"""When versions of Kubernetes' APIs were deprecated and removed: from a dated table, for the build."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from yaml import safe_load

FOLDER = Path(__file__).parents[1] / "data" / "apis"

Kinds = Mapping[str, Mapping[str, str]]


def lifecycle(kinds: Kinds, versions: Sequence[str]) -> dict[str, list[str]]:
    """For each `apiVersion/kind` deprecated or gone: since when both, what takes its place, and a hint.

    The last word says whether the successor has the same fields. Where the schemas know a kind, they decide
    the version that lacks it first; what is not known is empty.
    """
    table = safe_load(max(FOLDER.glob("kubernetes-*.yaml")).read_text("utf-8"))
    found: dict[str, list[str]] = {}
    for api_version, rows in table["apis"].items():
        for row in rows:
            for kind in row["kinds"]:
                use = f"{row['use']}/{row.get('kind', kind)}" if "use" in row else ""
                alike = "alike" if row.get("alike") else ""
                told = [row["deprecated"], row.get("removed", ""), use, row.get("note", ""), alike]
                found[f"{api_version}/{kind}"] = told
    for name, by_version in kinds.items():
        gone = _gone(by_version, versions)
        if gone:
            found.setdefault(name, ["", "", "", "", ""])[1] = gone
    return found


def _gone(by_version: Mapping[str, str], versions: Sequence[str]) -> str:
    """The version that no longer has what an earlier one had."""
    last = max(index for index, version in enumerate(versions) if version in by_version)
    return versions[last + 1] if last + 1 < len(versions) else ""
