"""What Argo CD is told about itself."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
import yaml

from tiered.errors import TieredError
from tiered.gitops.argocd_settings import argocd_values
from tiered.gitops.sync import Notice


def section(values: Mapping[str, object], *path: str) -> Mapping[str, object]:
    for key in path:
        inner = values[key]
        assert isinstance(inner, Mapping)
        values = inner
    return values


def test_argo_cd_polls_waits_for_applications_and_serves_below_its_path() -> None:
    values = argocd_values(url="https://app.test/argocd", root_path="/argocd", slack=False)

    settings = section(values, "configs", "cm")
    assert settings["url"] == "https://app.test/argocd"
    assert settings["timeout.reconciliation"] == "180s"
    health = settings["resource.customizations.health.argoproj.io_Application"]
    assert isinstance(health, str)
    assert "health.status = obj.status.health.status" in health
    assert health.endswith("return health\n")
    assert values["configs"] == {
        "cm": settings,
        "params": {"server.insecure": True, "server.rootpath": "/argocd"},
    }
    assert values["notifications"] == {"enabled": False}


def test_at_the_top_of_a_host_there_is_no_root_path() -> None:
    values = argocd_values(url="https://argocd.app.test", slack=False, poll_seconds=60)

    assert section(values, "configs", "params") == {"server.insecure": True}
    assert section(values, "configs", "cm")["timeout.reconciliation"] == "60s"


def test_every_trigger_that_applications_subscribe_to_sends_a_template_that_exists() -> None:
    # GIVEN
    notices = section(argocd_values(url="https://app.test", slack=True), "notifications")
    templates = section(notices, "templates")

    # WHEN
    sent = {
        name.removeprefix("trigger."): yaml.safe_load(str(text))
        for name, text in section(notices, "triggers").items()
    }

    # THEN
    assert tuple(sent) == Notice(channel="any").triggers
    for conditions in sent.values():
        (condition,) = conditions
        assert condition["when"].startswith("app.status?.")
        (template,) = condition["send"]
        message = yaml.safe_load(str(templates[f"template.{template}"]))["message"]
        assert "{{.context.argocdUrl}}/applications/" in message


def test_the_token_is_named_and_never_given() -> None:
    notices = section(argocd_values(url="https://app.test", slack=True), "notifications")

    assert notices["secret"] == {"create": False, "name": "argocd-notifications-secret"}
    assert notices["notifiers"] == {"service.slack": "token: $slack-token\n"}


@pytest.mark.parametrize(
    ("url", "root_path", "mend"),
    [
        ("https://app.test/argocd", "argocd", "write '/argocd'"),
        ("https://app.test/argocd", "/argocd/", "write '/argocd'"),
        ("https://app.test/", "/argocd", "add the path to the url"),
    ],
)
def test_a_path_that_would_lead_nowhere_is_refused(url: str, root_path: str, mend: str) -> None:
    with pytest.raises(TieredError, match=re.escape(mend)):
        argocd_values(url=url, root_path=root_path, slack=False)
