"""What a description says of the judge's rules: told with its line where it means nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tierwright.description.small_platform import Mistake, Project
from tierwright.description.files import own_rules, policy_files
from tierwright.description.loading import load
from tierwright.facts import facts

PLATFORM = "platform.yaml"
WAIVERS = "waivers:\n"
BLOCKS = "reliability/budget-blocks-drain"


def with_policies(text: str) -> tuple[str, str, str]:
    """A change of the small platform: these policies before its waivers."""
    return PLATFORM, WAIVERS, f"policies:\n  {text}\n{WAIVERS}"


WRONG = [
    (
        *with_policies(f"severities: {{▸{BLOCKS[:-1]}: note}}"),
        f"no rule, family or group is called '{BLOCKS[:-1]}'",
        f"did you mean '{BLOCKS}'?",
    ),
    (*with_policies("severities: {▸relaibility: off}"), "is called 'relaibility'", "'reliability'"),
    (
        *with_policies("severities: {schema: ▸warn}"),
        "policies.severities.schema is 'warn', which is none of its values",
        "did you mean 'warning'?",
    ),
    (*with_policies("severities: {▸input/syntax: note}"), "cannot be set: what is not read", "remove it"),
    (*with_policies("severities: {▸input: off}"), "cannot be set: what is not read", "remove it"),
    (
        *with_policies("parameters: {▸reliability/budget-block-drain: {most: 1}}"),
        "no rule is called 'reliability/budget-block-drain'",
        f"did you mean '{BLOCKS}'?",
    ),
    (*with_policies(f"parameters: {{▸{BLOCKS}: {{most: 1}}}}"), "has no parameters", "remove them"),
    (*with_policies(f"parameters: {{{BLOCKS}: {{most: ▸{{a: 1}}}}}}"), "is no parameter", "a list of texts"),
    (*with_policies("rules: ▸policies/ruels"), "the folder 'policies/ruels' does not exist", "create it"),
    (*with_policies("rules: ▸platform.yaml"), "the folder 'platform.yaml' does not exist", "create it"),
    (*with_policies("rules: ▸../elsewhere"), "is not a path inside the project", "policies/rules"),
    (*with_policies("rules: ▸/etc"), "is not a path inside the project", "policies/rules"),
    (*with_policies("crds: [apps, ▸crds.yaml]"), "the path 'crds.yaml' does not exist", "create it"),
    (*with_policies("▸severity: {schema: off}"), "unknown key 'severity'", "'severities'"),
    (PLATFORM, "    environments: [prod]\n", "    pointer: ▸spec\n", "is not a JSON pointer", "/spec/"),
]


@pytest.mark.parametrize("mistake", [Mistake(*row) for row in WRONG])
def test_what_means_nothing_is_told_with_its_line(project: Project, mistake: Mistake) -> None:
    project.must_tell(mistake)


OWN = '''"""An own rule.

## What it does
It does.

## Why is this bad
It is.

## Example
One.

## Use instead
Another.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@dataclass(frozen=True)
class Parameters:
    most: int = 1
    names: tuple[str, ...] = ()
    ratio: float = 0.5
    strict: bool = False


@rule(each=Manifest, severity=Severity.WARNING, remediation="Mend it.", parameters=Parameters())
def check(manifest: Manifest, parameters: Parameters) -> Iterator[Fault]:
    return iter(())
'''


@pytest.fixture
def owner(project: Project) -> Project:
    """The small platform with an own rule that has parameters of every kind."""
    project.write("rules/shop/names.py", OWN)
    return project


PARAMETERS = [
    ("{▸mots: 2}", "the rule shop/names has no parameter 'mots'", "did you mean 'most'?"),
    ('{most: ▸"2"}', "the parameter most of shop/names is '2'", "write a whole number"),
    ("{▸most: 2.5}", "the parameter most of shop/names is 2.5", "write a whole number"),
    ("{▸most: true}", "the parameter most of shop/names is true", "write a whole number"),
    ("{names: ▸web}", "the parameter names of shop/names is 'web'", "write a list of texts"),
    ('{ratio: ▸"1"}', "the parameter ratio of shop/names is '1'", "write a number"),
    ("{strict: ▸1}", "the parameter strict of shop/names is 1", "write true or false"),
]


@pytest.mark.parametrize(("given", "message", "mend"), PARAMETERS)
def test_parameters_must_be_those_of_the_rule(owner: Project, given: str, message: str, mend: str) -> None:
    change = with_policies(f"rules: rules\n  parameters: {{shop/names: {given}}}")
    owner.must_tell(Mistake(*change, message, mend))


def test_an_own_rule_that_cannot_be_used_is_told_with_the_line_that_names_it(owner: Project) -> None:
    owner.write("rules/shop/names.py", f"{OWN}\nraise RuntimeError('no')\n")
    line = OWN.count("\n") + 2
    message = f"rules/shop/names.py:{line}: the rule cannot be loaded: RuntimeError: no"
    owner.must_tell(Mistake(*with_policies("rules: ▸rules"), message, "mend the file"))


def test_what_is_right_reaches_the_judge(owner: Project) -> None:
    owner.write("crds/one.yaml", "a: 1")
    owner.change(
        *with_policies(
            "rules: rules\n  crds: [crds]\n  severities: {shop/names: error, budget: off, schema: off}\n"
            "  parameters: {shop/names: {most: 3, names: [a, b], ratio: 1, strict: on}}"
        )
    )
    owner.change(PLATFORM, "    environments: [prod]\n", "    pointer: /spec/template\n")
    assert owner.problems() == []
    known = facts(load(owner.root).platform, "prod", root=owner.root)
    settings = known.settings
    assert settings.folder == owner.root / "rules"
    assert settings.crds == (owner.root / "crds",)
    assert settings.severities == {"shop/names": "error", "budget": "off", "schema": "off"}
    assert settings.parameters == {"shop/names": {"most": 3, "names": ["a", "b"], "ratio": 1, "strict": True}}
    assert known.waivers[0].pointer == "/spec/template"


def names(root: Path, files: list[Path]) -> list[str]:
    return [file.relative_to(root).as_posix() for file in files]


def test_every_file_that_decides_is_known_before_anything_is_read(owner: Project) -> None:
    assert policy_files(owner.root) == []
    owner.write("rules/__pycache__/names.pyc", "")
    owner.write("crds/deep/one.yaml", "")
    owner.write("two.yaml", "")
    owner.change(*with_policies("rules: rules\n  crds: [crds, two.yaml, absent.yaml]"))
    expected = ["absent.yaml", "crds/deep/one.yaml", "rules/shop/names.py", "two.yaml"]
    assert names(owner.root, policy_files(owner.root)) == expected
    assert own_rules(owner.root / PLATFORM) == owner.root / "rules"


@pytest.mark.parametrize(
    "text",
    [
        "policies: [",
        "policies: 1",
        "policies: {rules: ../outside}",
        "policies: {rules: /etc}",
        "policies: {rules: {}, crds: x}",
        'policies: {rules: "a\\0b"}',
        "",
    ],
)
def test_a_description_that_names_none_has_none(owner: Project, text: str) -> None:
    owner.write(PLATFORM, text)
    assert policy_files(owner.root) == []
    assert own_rules(owner.root / PLATFORM) is None


def test_a_name_that_is_spelt_by_escapes_is_not_missed(owner: Project) -> None:
    owner.write(PLATFORM, '"pol\\u0069cies": {rules: rules}\n')
    assert names(owner.root, policy_files(owner.root)) == ["rules/shop/names.py"]
