"""Settings name what is missing, and show no value."""

from __future__ import annotations

import pytest

from apps.common.settings import PostgresSettings, RedisCacheSettings, ServiceSettings, load


def test_settings_come_under_the_names_of_the_manifests(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"HOST": "redis.default.svc", "PORT": "6379", "PASSWORD": "hush"}.items():
        monkeypatch.setenv(f"REDIS_CACHE_{name}", value)
    settings = load(RedisCacheSettings)
    assert (settings.host, settings.port, settings.password.get_secret_value()) == (
        "redis.default.svc",
        6379,
        "hush",
    )
    assert "hush" not in repr(settings)


def test_every_missing_variable_is_named_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("POSTGRES_HOST", "POSTGRES_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"PORT": "5432", "DATABASE": "shop", "USER": "shop"}.items():
        monkeypatch.setenv(f"POSTGRES_{name}", value)
    with pytest.raises(SystemExit) as ended:
        load(PostgresSettings)
    assert ended.value.code == 78
    told = capsys.readouterr().err.splitlines()
    assert [line.split()[0] for line in told] == ["POSTGRES_HOST", "POSTGRES_PASSWORD"]
    assert all("is not set" in line for line in told)


def test_a_value_that_cannot_be_used_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"SERVICE_NAME": "shop", "ENVIRONMENT": "test", "METRICS_PORT": "hunter2"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit):
        load(ServiceSettings)
    told = capsys.readouterr().err
    assert "METRICS_PORT cannot be used" in told
    assert "hunter2" not in told
