"""platform.yaml, apps/*/app.yaml and images.lock.yaml -> one description, or all that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tierwright.description.checks import platform_problems, policies, problems_of, whole_problems
from tierwright.description.files import LOCK_FILE, PLATFORM_FILE, files
from tierwright.description.images import ImageLock
from tierwright.description.platform import Platform
from tierwright.description.problems import DescriptionError, Problem
from tierwright.description.reading import read
from tierwright.description.workloads import App


@dataclass(frozen=True)
class Description:
    """Everything that people wrote, validated: the platform, its apps by name, the image lock."""

    root: Path
    platform: Platform
    apps: Mapping[str, App]
    images: ImageLock


def load(root: Path, *, texts: Mapping[str, str] | None = None) -> Description:
    """Read and check the whole description; `texts` take the place of files, by their path below `root`.

    Raises:
        DescriptionError: with every problem of every file; nothing is half-read.
    """
    problems: list[Problem] = []
    platform: Platform | None = None
    lock: ImageLock | None = None
    apps: list[App] = []
    for path in files(root):
        text = (texts or {}).get(path.relative_to(root).as_posix())
        try:
            if path.name == PLATFORM_FILE:
                platform = read(Platform, path, root=root, text=text)
            elif path.name == LOCK_FILE:
                lock = read(ImageLock, path, root=root, text=text) if path.exists() else None
            else:
                apps.append(read(App, path, root=root, text=text))
        except DescriptionError as error:
            problems += error.problems
    if platform is not None:
        # Apps that could not be read would make every reference to them look unknown.
        whole = not problems
        problems += problems_of(platform, apps)
        problems += whole_problems(platform, apps, lock) if whole else []
        problems += policies.check(platform.policies, root)
    if platform is None or problems:
        raise DescriptionError(problems)
    return Description(
        root=root,
        platform=platform,
        apps={app.app: app for app in apps},
        images=lock or ImageLock(version=1, images={}),
    )


def load_platform(path: Path) -> Platform:
    """Read a platform's description alone, without its apps: enough to judge manifests by.

    Raises:
        DescriptionError: with every problem of the file.
    """
    platform = read(Platform, path, root=path.parent)
    problems = [*platform_problems(platform), *policies.check(platform.policies, path.parent)]
    if problems:
        raise DescriptionError(problems)
    return platform


def load_apps(root: Path) -> dict[str, App]:
    """Read the apps alone, by name: what is locked for them may be what is about to change.

    Raises:
        DescriptionError: with every problem of the files that cannot be read.
    """
    problems: list[Problem] = []
    apps: list[App] = []
    for path in files(root):
        if path.name not in {PLATFORM_FILE, LOCK_FILE}:
            try:
                apps.append(read(App, path, root=root))
            except DescriptionError as error:
                problems += error.problems
    if problems:
        raise DescriptionError(problems)
    return {app.app: app for app in apps}


def former_platform(path: Path, content: bytes) -> Platform:
    """Read what a description said at another time; whatever it named beside itself is not looked at.

    Raises:
        DescriptionError: with every problem of the file.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        told = f"the byte {error.object[error.start]:#x} is not UTF-8"
        raise DescriptionError([Problem(path.name, line, 1, told, "save the file as UTF-8")]) from None
    platform = read(Platform, path, root=path.parent, text=text)
    if problems := platform_problems(platform):
        raise DescriptionError(problems)
    return platform
