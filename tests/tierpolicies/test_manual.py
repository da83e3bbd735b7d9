"""The page of all rules: what is committed is what the rules say, and its links lead somewhere."""

import re
from pathlib import Path

from tierpolicies import manual
from tierpolicies.engine.registry import every_rule, load_rule

PAGE = Path(__file__).parents[2] / "policies/RULES.md"


def test_the_committed_page_is_what_the_rules_say() -> None:
    made = manual.page(every_rule())
    assert PAGE.read_text(encoding="utf-8") == made, "run `tierwright explain --page >policies/RULES.md`"


def test_every_rule_has_a_section_and_every_link_leads_to_one() -> None:
    text = manual.page(every_rule())
    headings = re.findall(r"^#{2,3} (.+)$", text, re.MULTILINE)
    assert {rule.name for rule in every_rule()} <= set(headings)
    anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors
    assert not re.search(r"^## What it does", text, re.MULTILINE), "a section's headings are below its own"


def test_a_heading_in_an_example_is_left_alone() -> None:
    text = "## Example\n```yaml\n## a comment\n```\n## Use instead\nb"
    assert manual._demoted(text) == "#### Example\n```yaml\n## a comment\n```\n#### Use instead\nb"


def test_one_rule_and_a_list() -> None:
    rule = load_rule("schema/valid")
    told = manual.told(rule)
    assert told.startswith(f"schema/valid (error)\n\n{rule.documentation.splitlines()[0]}\n")
    assert told.index("## What it does") < told.index("## Use instead")
    assert manual.listing([rule]) == f"schema/valid (error): {rule.documentation.splitlines()[0]}"
