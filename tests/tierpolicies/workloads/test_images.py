"""Image references: their parts, their faults, and what their tags say."""

import pytest

from tierpolicies.workloads.images import parse

DIGEST = "sha256:" + "4bcff639" * 8


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("web", ("", "web", "", "")),
        ("web:1.4.2", ("", "web", "1.4.2", "")),
        ("shop/web:1.4.2", ("", "shop/web", "1.4.2", "")),
        ("docker.io/library/web:1", ("docker.io", "library/web", "1", "")),
        ("localhost/web:1.0", ("localhost", "web", "1.0", "")),
        ("registry:5000/shop/web", ("registry:5000", "shop/web", "", "")),
        ("ghcr.io/shop/web:1.4.2@" + DIGEST, ("ghcr.io", "shop/web", "1.4.2", DIGEST)),
        ("ghcr.io/shop/web@" + DIGEST, ("ghcr.io", "shop/web", "", DIGEST)),
        ("shop/a--b__c.d:V_1.0-x", ("", "shop/a--b__c.d", "V_1.0-x", "")),
    ],
)
def test_a_reference_has_parts(text: str, parts: tuple[str, str, str, str]) -> None:
    image = parse(text)
    assert (image.registry, image.repository, image.tag, image.digest) == parts
    assert image.fault == ""


@pytest.mark.parametrize(
    "text",
    [
        "Web:1.0",
        "ghcr.io/Shop/web:1.0",
        "https://ghcr.io/shop/web:1.0",
        "ghcr.io/shop/web:",
        "ghcr.io/shop/web:1.0@",
        "ghcr.io/shop/web@sha256:4bcff639",
        "ghcr.io/shop/web@" + DIGEST.upper(),
        "ghcr.io/shop/web:${TAG}",
        "ghcr.io/shop/web:{{ .Values.tag }}",
        "ghcr.io/shop/web :1.0",
        " web:1.0",
        "ghcr.io/:1.0",
        "ghcr.io//web:1.0",
        "shop/_web:1.0",
        "web:" + "1" * 129,
        "a" * 256,
        ":1.0",
        "@",
        "",
    ],
)
def test_a_wrong_reference_has_a_fault(text: str) -> None:
    assert parse(text).fault


@pytest.mark.parametrize(
    "tag", ["stable", "main", "lts-alpine", "nightly", "1", "v1", "16", "2.x", "1.x-alpine"]
)
def test_a_tag_of_no_version_floats(tag: str) -> None:
    assert parse(f"web:{tag}").is_floating
    assert not parse(f"web:{tag}@{DIGEST}").is_floating


@pytest.mark.parametrize(
    "tag", ["1.4", "1.4.2", "v1.4.2", "4.2.1-management", "20261101", "2026-11-01", "123"]
)
def test_a_version_stays(tag: str) -> None:
    image = parse(f"web:{tag}")
    assert not image.is_floating
    assert not image.is_untagged
    assert not image.names_commit


@pytest.mark.parametrize(
    "tag", ["sha-1a2b3c", "sha-abcdef0", "main-1a2b3c4", "1a2b3c4", "1a2b3c4d" * 5, "v1.4.2-3-g1a2b3c4"]
)
def test_a_tag_may_name_a_commit(tag: str) -> None:
    image = parse(f"web:{tag}")
    assert image.names_commit
    assert not image.is_floating


@pytest.mark.parametrize("text", ["web", "web:latest", "ghcr.io/shop/web", "registry:5000/web"])
def test_no_tag_means_the_latest(text: str) -> None:
    assert parse(text).is_untagged
    assert not parse(text).is_floating
    assert not parse(f"{text}@{DIGEST}").is_untagged
