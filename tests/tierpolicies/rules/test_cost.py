"""The whole bill beside the budget, and prices that nobody knows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.tierpolicies.rules.judged import PLATFORM, Parsed, of, said
from tierpolicies.platform import Budget, Platform

GP3 = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "fast"},
    "provisioner": "ebs.csi.aws.com",
    "parameters": {"type": "gp3"},
}
IO2 = {**GP3, "parameters": {"type": "io2"}}


def claim(size: str) -> Parsed:
    spec = {"storageClassName": "fast", "resources": {"requests": {"storage": size}}}
    return of("PersistentVolumeClaim", "v1", "data", spec=spec)


RICH = replace(PLATFORM, budget=Budget(usd_month=97, extras={"storage": 5}))


@pytest.mark.parametrize(
    ("platform", "size", "told"),
    [
        (RICH, "1Gi", None),
        (RICH, "100Gi", "$104.10 a month by prices of us-east-1, 2025-10; the budget is $97"),
        (replace(RICH, budget=None), "100Gi", None),
        (replace(RICH, region=""), "100Gi", None),
        (replace(RICH, region="nowhere-1"), "100Gi", None),
        (None, "100Gi", None),
    ],
)
def test_a_bill_beyond_the_budget_is_noted(platform: Platform | None, size: str, told: str | None) -> None:
    found = said("cost/whole-bill", GP3, claim(size), platform=platform)
    assert [each.message for each in found] == ([told] if told else [])
    assert all(each.severity == "note" for each in found)


@pytest.mark.parametrize(
    ("platform", "storage_class", "told"),
    [
        (PLATFORM, GP3, None),
        (PLATFORM, IO2, "no price of us-east-1, 2025-10, for volumes, 10 GiB io2"),
        (replace(PLATFORM, region="nowhere-1"), GP3, "there is no table of prices for nowhere-1"),
        (replace(PLATFORM, region=""), GP3, None),
        (None, IO2, None),
    ],
)
def test_a_price_is_asked_for_and_never_guessed(
    platform: Platform | None, storage_class: Parsed, told: str | None
) -> None:
    found = said("cost/missing-price", storage_class, claim("10Gi"), platform=platform)
    assert [each.message for each in found] == ([told] if told else [])
    assert all(each.severity == "note" for each in found)


def test_what_has_no_price_is_told_beside_the_bill() -> None:
    (note,) = said("cost/whole-bill", IO2, claim("10Gi"), platform=PLATFORM)
    assert "without 1 item that has no price" in note.message
