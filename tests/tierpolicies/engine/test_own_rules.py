"""A project's own rules: found by their path, and told apart from what only looks like one."""

from pathlib import Path

import pytest

from tierpolicies.engine.own_rules import own_names, own_rule
from tierpolicies.engine.registry import every_rule, load_rule, rule_names
from tierpolicies.engine.settings import OwnRuleError

DOCUMENTED = '''"""A name is too long.

## What it does
Counts.

## Why is this bad
Nobody reads it.

## Example
One.

## Use instead
Another.
"""
'''
RULE = """
from tierpolicies.engine.finding import Severity
from tierpolicies.engine.rule import rule


@rule(severity=Severity.NOTE, remediation="Shorten it.")
def check(context):
    return ()
"""
WHOLE = DOCUMENTED + RULE


def folder(root: Path, *files: str, text: str = WHOLE) -> Path:
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text)
    return root


def test_rules_are_named_by_their_path(tmp_path: Path) -> None:
    folder(
        tmp_path, "shop/long_name.py", "web/title.py", "shop/_shared.py", "shop/notes.md", "__pycache__/x.py"
    )
    assert own_names(tmp_path) == ("shop/long-name", "web/title")
    assert own_rule(tmp_path, "shop/long-name").name == "shop/long-name"
    assert {"shop/long-name", "schema/valid"} <= set(rule_names(tmp_path))
    assert {rule.name for rule in every_rule(tmp_path)} == set(rule_names(tmp_path))
    with pytest.raises(KeyError):
        load_rule("shop/_shared", tmp_path)


def test_an_own_rule_may_take_the_place_of_one_here(tmp_path: Path) -> None:
    folder(tmp_path, "schema/valid.py")
    assert load_rule("schema/valid", tmp_path).documentation.startswith("A name is too long.")
    assert not load_rule("schema/valid").documentation.startswith("A name is too long.")


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("long_name.py", "stands in no family"),
        ("shop/LongName.py", "has no name that a rule can have"),
        ("my shop/name.py", "has no name that a rule can have"),
        ("input/syntax.py", "the family input has no room for own rules"),
        ("waivers/unused.py", "the family waivers has no room for own rules"),
        ("shop/notes.md", "holds none"),
    ],
)
def test_what_cannot_be_a_rule_is_not_passed_over(tmp_path: Path, file: str, told: str) -> None:
    folder(tmp_path, file)
    with pytest.raises(OwnRuleError, match=told):
        own_names(tmp_path)


def test_a_folder_that_is_not_there_or_linked_to(tmp_path: Path) -> None:
    with pytest.raises(OwnRuleError, match="cannot be read: No such file"):
        own_names(tmp_path / "absent")
    folder(tmp_path / "elsewhere", "shop/name.py")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/shop").symlink_to(tmp_path / "elsewhere/shop")
    with pytest.raises(OwnRuleError, match="is a link"):
        own_names(tmp_path / "rules")


WRONG = [
    (DOCUMENTED, "declares no rule: decorate a function called check"),
    (DOCUMENTED + "def check(context):\n    return ()\n", "declares no rule"),
    (RULE, "it has no documentation: begin with a docstring that has `## What it does`"),
    (WHOLE.replace("## Use instead", "## Better"), "lacks the heading `## Use instead`"),
    (WHOLE.replace("Severity.NOTE", '"note"'), "severity='note': write Severity.ERROR"),
    (WHOLE.replace('remediation="Shorten it."', 'remediation=" "'), "remediation says nothing"),
    (
        WHOLE.replace("@rule(", "@rule(each=str, "),
        "each=<class 'str'>: write Context, Manifest, Pod, Container",
    ),
    (WHOLE.replace("@rule(", '@rule(groups="taste", '), "groups='taste': write a tuple of texts"),
    (WHOLE.replace("@rule(", "@rule(parameters=3, "), "parameters=3: write an instance of a dataclass"),
    (WHOLE.replace("@rule(", "@rule(severty=1, "), "the rule cannot be loaded: TypeError"),
    (DOCUMENTED + "from tierpolicies.rules.schema.valid import check\n", "its check comes from another file"),
]


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_a_rule_that_is_declared_wrongly_is_told_with_its_file(tmp_path: Path, text: str, told: str) -> None:
    folder(tmp_path, "shop/name.py", text=text)
    with pytest.raises(OwnRuleError) as raised:
        own_rule(tmp_path, "shop/name")
    assert str(raised.value).startswith(f"{tmp_path}/shop/name.py")
    assert told in str(raised.value)
