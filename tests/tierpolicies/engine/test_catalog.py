"""What is written down of the rules is what they say of themselves."""

from tierpolicies.engine.catalog import FILE, entries, entry, written
from tierpolicies.engine.registry import every_rule


def test_the_catalogue_is_what_the_rules_say() -> None:
    assert FILE.read_text(encoding="utf-8") == written(), "run `python -m tierpolicies.engine.catalog`"


def test_every_rule_is_known_without_being_imported() -> None:
    assert {rule.name: entry(rule) for rule in every_rule()} == entries()
