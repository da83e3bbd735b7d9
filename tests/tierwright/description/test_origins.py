"""Every value knows the place in the text that it was read from."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from tests.tierwright.description.small_platform import Project
from tiered.origin import Origin, Text, Whole, origin_of
from tierwright.description.loading import load, load_platform

REPOSITORY = Path(__file__).parents[3]


def scalars(value: object) -> Iterator[Text | Whole]:
    """Every text and number of a model that somebody wrote."""
    match value:
        case BaseModel():
            for name in value.model_fields_set:
                yield from scalars(getattr(value, name))
        case dict():
            for key, item in value.items():
                yield from scalars(key)
                yield from scalars(item)
        case tuple() | list():
            for item in value:
                yield from scalars(item)
        case Text() | Whole():
            yield value


def standing_at(text: str, origin: Origin) -> str:
    return text.splitlines()[origin.line - 1][origin.column - 1 :].lstrip("\"'")


def test_every_scalar_of_the_shipped_description_points_at_its_text() -> None:
    description = load(REPOSITORY)
    seen = 0
    for model in (description.platform, description.images, *description.apps.values()):
        text = (REPOSITORY / model.origin.file).read_text(encoding="utf-8")
        for value in scalars(model):
            written = standing_at(text, value.origin)
            # An anchor stands before its value, and 3600s is read as the number of its seconds.
            assert written.startswith(str(value)) or written[0].isdigit(), value.origin
            seen += 1
    assert seen > 1000


def test_merged_and_aliased_values_point_at_the_anchor(project: Project) -> None:
    project.change(
        "platform.yaml", "  s3: {", "  s4: &s4 {ports: [8443]}\n  s5: {<<: *s4, aws: true}\n  s3: {"
    )
    description = load(project.root)
    (port,) = description.platform.externals["s5"].ports
    assert str(origin_of(port)) == "platform.yaml:51:20"
    migration = description.apps["shop"].migration
    assert migration is not None
    assert str(origin_of(migration.resources.requests["cpu"])) == "apps/shop/app.yaml:11:23"


names = st.from_regex(r"[a-z][-a-z0-9]{0,8}[a-z]", fullmatch=True).filter(
    lambda name: name not in {"yes", "no", "on", "off", "true", "false", "null"}
)
remark = st.sampled_from(["", "\n", "# a remark\n", "\n  # {tiers: 1}\n"])
quotes = st.sampled_from(["", '"', "'"])

ENVIRONMENT = """\
environments:
  only:
    cluster:
      kubernetes: '1.28'
      cni: vpc
      ranges: {nodes: 10.0.0.0/16, pods: 10.1.0.0/16, services: 10.2.0.0/16}
    pools: {one: {instance: t3.large, disk: 20Gi}}
    placement:
"""


@settings(max_examples=60)
@given(data=st.data(), tiers=st.lists(names, min_size=1, max_size=4, unique=True))
def test_names_and_numbers_of_any_platform_point_at_their_text(data: st.DataObject, tiers: list[str]) -> None:
    text, expected = "platform: small\ntiers:\n", {}
    for number, tier in enumerate(tiers, start=1):
        text += data.draw(remark)
        expected[tier] = Origin("platform.yaml", text.count("\n") + 1, 3)
        quote = data.draw(quotes)
        text += f"  {quote}{tier}{quote}:\n{data.draw(remark)}    number: {number}\n"
        text += f"    priority: {number * 100}\n{data.draw(remark)}    namespaces:\n"
        for name in data.draw(st.lists(names, min_size=1, max_size=3, unique=True)):
            text += f"{data.draw(remark)}        {name}-{number}: {{pod_security: {quote}baseline{quote}}}\n"
    text += ENVIRONMENT + "".join(f"      {tier}: one\n" for tier in tiers)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "platform.yaml"
        path.write_text(text, encoding="utf-8")
        platform = load_platform(path)
    assert {str(name): origin_of(name) for name in platform.tiers} == expected
    for value in scalars(platform):
        assert standing_at(text, value.origin).startswith(str(value))
