"""Names that must mean something: every reference of the description, checked against what it names."""

from __future__ import annotations

from collections.abc import Sequence

from tierwright.description.checks import apps as app_checks
from tierwright.description.checks import environments, layers
from tierwright.description.images import ImageLock
from tierwright.description.platform import Platform
from tierwright.description.problems import Problem
from tierwright.description.workloads import App


def problems_of(platform: Platform, apps: Sequence[App]) -> list[Problem]:
    """Every name that means nothing or two things, as far as the apps that could be read tell it."""
    lacking = [environments.incomplete(name, each) for name, each in platform.environments.items()]
    return [
        *platform_problems(platform),
        *(problem for problems in lacking for problem in problems),
        *app_checks.check(platform, apps),
    ]


def whole_problems(platform: Platform, apps: Sequence[App], lock: ImageLock | None) -> list[Problem]:
    """What only a description without a gap tells: an app that is missing here exists nowhere."""
    return [
        *app_checks.calls(platform, apps),
        *app_checks.consumers(platform, apps),
        *app_checks.images(platform, apps, lock),
    ]


def platform_problems(platform: Platform) -> list[Problem]:
    """What platform.yaml says of itself that cannot be; whom its components call is not looked at."""
    found = [environments.check(name, each, platform) for name, each in platform.environments.items()]
    return [*layers.check(platform), *(problem for problems in found for problem in problems)]
