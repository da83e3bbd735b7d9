"""All files of a description together."""

from __future__ import annotations

import tempfile
from pathlib import Path

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tierwright.description.changes import VALUES, places_in, replaced
from tests.tierwright.description.small_platform import FILES, Project, lay_out, place_of
from tierwright.description.loading import load, load_platform

REPOSITORY = Path(__file__).parents[3]


def test_the_shipped_description_is_right() -> None:
    description = load(REPOSITORY)
    assert sorted(description.apps) == sorted(description.images.images["prod"])


def test_what_people_wrote_is_what_is_loaded(project: Project) -> None:
    description = load(project.root)
    assert sorted(description.apps) == ["mail", "shop"]
    assert description.platform.messaging is not None
    mail = description.platform.messaging.queues["q.mail"]
    assert (mail.ttl, mail.time_limit, mail.tasks["mail.send"].seconds) == (300, 60, 0.5)
    image = description.images.images["prod"]["shop"]
    assert image.reference("ghcr.io/shop/shop") == "ghcr.io/shop/shop:sha-0000000"


def test_mistakes_of_all_files_are_told_at_once_in_the_order_of_files_and_lines(project: Project) -> None:
    places = [
        project.change("apps/mail/app.yaml", "concurrency: 4", "concurrency: ▸four"),
        project.change("apps/shop/app.yaml", "port: 8000", "port: ▸80000"),
        project.change("apps/shop/app.yaml", "route: /shop", "route: ▸shop"),
        project.change("images.lock.yaml", "version: 1", "version: ▸2"),
        project.change("platform.yaml", "timezone:", "▸timezon:"),
        project.change("platform.yaml", "aws: true", "aws: ▸maybe"),
        project.change("platform.yaml", 'kubernetes: "1.28"', 'kubernetes: ▸"v1.28"'),
    ]
    assert [place_of(problem) for problem in project.problems()] == places


def test_what_could_be_read_is_checked_though_another_app_is_broken(project: Project) -> None:
    places = [
        project.change("apps/mail/app.yaml", "concurrency: 4", "concurrency: ▸four"),
        project.change("apps/shop/app.yaml", "publishes: [q.mail]", "publishes: [▸q.male]"),
        project.change("platform.yaml", "back: small}", "back: ▸smal}"),
    ]
    assert [place_of(problem) for problem in project.problems()] == places


def test_a_key_may_be_called_as_pydantic_marks_a_wrong_one(project: Project) -> None:
    project.write("apps/shop/app.yaml", "app: shop\nnamespace: shop\nworkloads:\n  '[key]': {}\n")
    told = [(problem.line, problem.message) for problem in project.problems()]
    assert (4, "workloads[key] has no kind") in told


def test_nobody_is_told_that_a_broken_app_is_unknown(project: Project) -> None:
    project.change("apps/shop/app.yaml", "calls: [postgres/shop]\n    pub", "calls: [mail-worker]\n    pub")
    assert project.problems() == []
    place = project.change("apps/mail/app.yaml", "concurrency: 4", "concurrency: ▸four")
    assert [place_of(problem) for problem in project.problems()] == [place]


def test_a_platform_can_be_read_without_its_apps(project: Project) -> None:
    project.write("apps/shop/app.yaml", "broken")
    assert load_platform(project.root / "platform.yaml").platform == "shop"


@settings(max_examples=300)
@given(data=st.data(), file=st.sampled_from(sorted(FILES)), new=VALUES)
def test_any_value_anywhere_is_either_right_or_a_problem_with_a_mend(
    data: st.DataObject, file: str, new: object
) -> None:
    before = yaml.safe_load(FILES[file])
    where = data.draw(st.sampled_from(places_in(before)))
    with tempfile.TemporaryDirectory() as folder:
        project = lay_out(Path(folder))
        project.write(file, yaml.safe_dump(replaced(before, where, new), allow_unicode=True))
        for problem in project.problems():
            assert problem.message
            assert problem.mend
            assert "JSON Schema" not in problem.mend  # the last resort for an error nobody thought of
