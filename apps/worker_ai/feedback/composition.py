"""The text that a user reads about a photo."""

from __future__ import annotations

from typing import Final

from apps.common.jobs.result import Category, Classification
from apps.worker_ai.feedback.rules import RULES, SOURCE

UNSURE: Final = 0.6
"""Below this confidence the user is asked to look for himself."""

LONGEST: Final = 2000


def compose(classification: Classification) -> str:
    """What it is, the steps in their order, the category's own rules, warnings: at most `LONGEST` characters.

    It depends on nothing else, so that a task that runs again writes the same. Where all of it would be too
    long the last steps are left out: a warning never is.
    """
    rules = RULES[classification.category]
    warnings = [f"Careful: {rules.warning}"] if rules.warning else []
    if classification.confidence < UNSURE:
        warnings.append(
            f"Not certain ({classification.confidence:.0%}): compare it with the marking on the object, or"
            " take another photo."
        )
    if classification.category is Category.NOT_WASTE:
        return "\n".join(["There is no waste to be recognised on the photo.", *rules.steps, *warnings])
    head = f"{_capital(classification.item)} ({classification.material}) → {rules.name} ({rules.korean})"
    tail = [*(f"Note: {rule}" for rule in rules.rules), *warnings, f"Source: {SOURCE.title}. {SOURCE.limits}"]
    room = LONGEST - len("\n".join([head, *tail]))
    steps = []
    for number, step in enumerate(classification.disposal_steps, 1):
        line = f"{number}. {step}"
        room -= len(line) + 1
        if room < 0:
            break
        steps.append(line)
    return "\n".join([head, *steps, *tail])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
