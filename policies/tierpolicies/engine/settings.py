"""What a project or a command line wants of the rules: which ones, how severe, and with what figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

OFF = "off"
ALWAYS = "input"
"""The family that always runs: what could not be read is told in any case."""
ON_WAIVERS = "waivers"
"""The family that watches the waivers: nobody turns the watch off."""


class SettingsError(ValueError):
    """A setting that means nothing; the message says which, why, and what would."""


class OwnRuleError(SettingsError):
    """A project's own rule that cannot be used; the message names its file, what is wrong and the mend."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one check.

    `select` and `ignore` hold names of rules, families or groups; with nothing selected all rules run
    but optional ones. `severities` maps such names to `error`, `warning`, `note` or `off`;
    `parameters` maps a rule to its own figures. `folder` holds the project's own rules, one Python file
    each, `<family>/<rule>.py`. `crds` are further files with CustomResourceDefinitions.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    folder: Path | None = None
    crds: tuple[Path, ...] = ()
