"""What an image is made of, held against what buildah puts into it."""

from __future__ import annotations

import json
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers.registry import Registry
from tierwright.delivery.containerfile import Containerfile, unused

TEXT = """\
# syntax=docker/dockerfile:1
ARG BUILDER
FROM ${BUILDER} AS packages
COPY --chown=1:1 apps/web/requirements.txt apps/common \\
    # a remark between
    /app/
ADD ["with space.txt", "/app/"]
add https://example.org/x.tar /app/
FROM scratch as Last
ARG REVISION=unknown OTHER
COPY --from=packages /app /app
COPY . /all
"""
FILES = (
    "apps/web/main.py",
    "apps/web/app.yaml",
    "apps/web/README.md",
    "apps/web/deep/er/README.md",
    "apps/web/deep/er/x.pyc",
    "apps/web/deep/x1.txt",
    "apps/web/deep/xa.txt",
    "apps/web/kept/app.yaml",
    "apps/webber/main.py",
    "README.md",
    "main.py",
)
IGNORED = """\
# nothing but apps
*
!apps/**
**/*.pyc
apps/**/app.yaml
/apps/*/README.md
!apps/web/kept
apps/web/deep/x[0-9].txt
"""


def test_what_is_copied_declared_and_built_in_stages_is_read() -> None:
    found = Containerfile.parse(TEXT)
    assert found.sources == ("apps/web/requirements.txt", "apps/common", "with space.txt", ".")
    assert found.arguments == ("BUILDER", "REVISION", "OTHER")
    assert found.stages == ("packages", "Last")


@pytest.mark.parametrize(
    "ignored", [IGNORED, "", "apps/web\n", "**/README.md\n!apps/*/README.md\n", "*.md\n"]
)
@pytest.mark.parametrize("sources", [("apps/web",), (".",), ("apps", "main.py")], ids=["app", "all", "some"])
def test_the_files_of_an_image_are_those_that_buildah_copies(
    tmp_path: Path, registry: Registry, ignored: str, sources: tuple[str, ...]
) -> None:
    project = tmp_path / "project"
    for name in FILES:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(name)
    (project / ".containerignore").write_text(ignored)
    copies = "".join(f"COPY {source} /{'' if source == '.' else source}\n" for source in sources)
    (project / "Containerfile").write_text(f"FROM scratch\n{copies}")
    image = f"localhost/ignored-{tmp_path.name.replace('_', '-').lower()}"
    variables = registry.variables | {"PATH": "/usr/bin:/bin:/usr/sbin", "HOME": str(tmp_path)}
    wanted = set(FILES) - unused(FILES, ignored=ignored, sources=sources)
    build = ["buildah", "build", "-q", "-f", "Containerfile", "-t", image, "."]
    done = subprocess.run(build, cwd=project, env=variables, capture_output=True, text=True, check=False)
    if done.returncode != 0:  # buildah refuses to copy what is ignored as a whole
        assert not all(any(name.startswith(source) for name in wanted) for source in sources), done.stderr
        return
    pushed = ["buildah", "push", "-q", image, f"dir:{tmp_path}/image"]
    subprocess.run(pushed, env=variables, check=True, capture_output=True, timeout=60)
    held: set[str] = set()
    for layer in json.loads((tmp_path / "image/manifest.json").read_text())["layers"]:
        with tarfile.open(tmp_path / "image" / layer["digest"].partition(":")[2]) as archive:
            held |= {member.name for member in archive if member.isfile()}
    assert held & set(FILES) == wanted


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    found = Containerfile.parse(text)
    assert unused(["a"], ignored=text, sources=found.sources) <= {"a"}
