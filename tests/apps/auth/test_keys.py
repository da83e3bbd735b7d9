"""Keys: made and rotated by the command, published, and each change taken up while the service runs."""

from __future__ import annotations

import json
import time

import jwt
import pytest

from apps.auth.keys import KEPT, new_key, rotated
from apps.auth.signing import PrivateKeys, SigningKeysError, read
from apps.common.http import TokenVerifier
from apps.common.settings import TokenKeysSettings
from tests.apps.auth.conftest import keys_command
from tests.servers.waiting import eventually


def test_the_command_makes_publishes_and_rotates(tmp_path):
    file = tmp_path / "keys.json"
    assert keys_command("new", str(file)).returncode == 0
    assert file.stat().st_mode & 0o077 == 0
    public = json.loads(keys_command("public", str(file)).stdout)
    assert [set(key) for key in public["keys"]] == [{"kty", "crv", "alg", "use", "kid", "x"}]
    assert keys_command("rotate", str(file)).returncode == 0
    after = json.loads(keys_command("public", str(file)).stdout)
    assert after["keys"][1:] == public["keys"]
    assert read(file).signing(time.time()).kid == public["keys"][0]["kid"]
    assert read(file).signing(time.time() + 7201).kid == after["keys"][0]["kid"]


def test_the_command_overwrites_no_keys_and_tells_what_is_wrong(tmp_path):
    file = tmp_path / "keys.json"
    file.write_text('{"keys": [{"kid": "a", "x": "short", "d": "SECRET"}]}')
    for arguments, told in (
        (("new", str(file)), "exists"),
        (("public", str(file)), "keys.0.x"),
        (("rotate", str(tmp_path / "absent")), "cannot be read"),
    ):
        run = keys_command(*arguments)
        assert run.returncode == 1
        assert told in run.stderr
        assert "SECRET" not in run.stderr
        assert len(run.stderr.splitlines()) == 1


def test_a_rotation_keeps_two_older_keys_and_never_loses_the_one_that_signs():
    now = int(time.time())
    keys = PrivateKeys(keys=(new_key(),))
    signing = keys.keys[0]
    for _ in range(5):  # before any new key's time has come
        keys = rotated(keys, now=now, after=7200)
        assert keys.signing(now).kid == signing.kid
        assert len(keys.keys) == 2
    for day in range(1, 5):
        later = now + day * 86_400
        before = keys.signing(later)
        keys = rotated(keys, now=later, after=7200)
        assert keys.signing(later) == before
        assert len(keys.keys) <= KEPT
    assert len(keys.keys) == KEPT


def test_a_file_whose_keys_may_not_sign_yet_is_refused(tmp_path):
    file = tmp_path / "keys.json"
    file.write_text(PrivateKeys(keys=(new_key(signs_from=int(time.time()) + 60),)).model_dump_json())
    with pytest.raises(SigningKeysError, match="future"):
        read(file)


def test_a_private_key_is_shown_in_no_text():
    key = new_key()
    assert key.d not in repr(key) + str(key)


def test_published_keys_verify_what_is_issued_before_and_after_a_rotation(auth, tmp_path):
    def published():
        answer = auth.http.get("/api/v1/auth/.well-known/jwks.json")
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        return answer.json()

    def kid(tokens):
        return jwt.get_unverified_header(tokens["access_token"])["kid"]

    old = auth.log_in()
    before = published()
    assert keys_command("rotate", str(auth.keys), "--after", "0").returncode == 0
    eventually(lambda: len(published()["keys"]) == 2, "the new key is published")
    new = auth.log_in()
    after = published()
    assert kid(old) == before["keys"][0]["kid"] == after["keys"][1]["kid"]
    assert kid(new) == after["keys"][0]["kid"]
    assert not any("d" in key for key in after["keys"])
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps(after))
    verifier = TokenVerifier(TokenKeysSettings(token_keys_file=file, token_issuer="https://growbin.app"))
    assert verifier.verify(old["access_token"]).id == verifier.verify(new["access_token"]).id
    eventually(
        lambda: auth.ask("GET", "/sessions", new).status_code == 200, "the service knows its own new key"
    )
    assert auth.ask("GET", "/sessions", old).status_code == 200


def test_a_broken_key_file_changes_nothing_while_running(auth):
    good = auth.keys.read_text()
    auth.keys.write_text("{}")
    try:
        eventually(
            lambda: (
                auth.http.get("/api/v1/auth/.well-known/jwks.json")
                and "could not be read again" in auth.process.log.read_text()
            ),
            "the broken file is noticed",
        )
        tokens = auth.log_in()
        assert auth.ask("GET", "/sessions", tokens).status_code == 200
    finally:
        auth.keys.write_text(good)
