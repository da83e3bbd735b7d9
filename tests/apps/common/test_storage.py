"""Requests to the storage are signed for the region that the manifest names, whatever else is set."""

from __future__ import annotations

import pytest

from apps.common.storage import s3_client


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    """Keys, and no region and no file of AWS's own tools."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("S3_ACCESS_KEY_ID", "AKIATESTSONLY")
    monkeypatch.setenv("S3_SECRET_ACCESS_KEY", "secret-of-tests-only")


@pytest.mark.parametrize(
    ("variables", "region"),
    [
        ({"AWS_REGION": "ap-northeast-2"}, "ap-northeast-2"),
        ({"AWS_DEFAULT_REGION": "ap-northeast-2"}, "ap-northeast-2"),
        ({"AWS_REGION": "ap-northeast-2", "AWS_DEFAULT_REGION": "us-east-1"}, "ap-northeast-2"),
    ],
    ids=str,
)
def test_forms_are_signed_for_the_region(monkeypatch, variables, region):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    client = s3_client()
    form = client.generate_presigned_post("photos", "uploads/1")
    client.close()
    assert client.meta.region_name == region
    assert form["fields"]["x-amz-credential"].split("/")[2] == region
    assert region in form["url"]


def test_without_a_region_the_process_ends_with_what_is_missing(capsys):
    with pytest.raises(SystemExit) as ended:
        s3_client()
    assert ended.value.code == 78
    assert "AWS_REGION is not set" in capsys.readouterr().err
