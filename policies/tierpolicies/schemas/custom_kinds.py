"""The strict schemas of well-known custom kinds, written by hand in `custom/`: the build packs them."""

import json
from functools import cache
from pathlib import Path
from typing import Any

Schema = dict[str, Any]

FOLDER = Path(__file__).parent / "custom"


@cache
def custom_kinds() -> dict[str, Schema]:
    """The schema of each custom kind, by `apiVersion/kind`, with all definitions that it may refer to."""
    shared = json.loads((FOLDER / "definitions.json").read_bytes())
    found: dict[str, Schema] = {}
    for path in sorted(FOLDER.glob("*/*.json")):
        schema: Schema = json.loads(path.read_bytes())
        schema["$defs"] = {**shared, **schema.get("$defs", {})}
        for api_version in schema["properties"]["apiVersion"]["enum"]:
            found[f"{api_version}/{path.stem}"] = schema
    return found
