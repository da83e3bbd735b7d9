"""The storage as the tests of this folder use it."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def bucket(s3):
    return s3.environment("waste-service")["S3_BUCKET"]


@pytest.fixture
def client(s3):
    s3.empty()  # of what other folders' tests left
    made = s3.client()
    yield made
    made.close()
    s3.empty()
