"""A provider of identities that speaks what Kakao and Google speak, and is as strict as they are.

A code is bound to client, redirect URI and PKCE challenge, and works once. The log-in page asks nobody:
whoever comes is `person`.
"""

from __future__ import annotations

import json
import secrets
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

Mode = Literal["well", "slow", "error", "garbage", "huge", "hangs-up", "throttling"]
"""How the token and tokeninfo endpoints answer."""

CLIENTS = {"kakao-client": "kakao-client-secret", "google-client": "google-client-secret"}
"""Secrets by client id."""

_AUTHORIZATION = {"/oauth/authorize": "kakao-client", "/o/oauth2/v2/auth": "google-client"}
_TOKEN = {"/oauth/token": "kakao-client", "/token": "google-client"}
_TOKEN_INFO = {"/oauth/tokeninfo": "kakao-client", "/tokeninfo": "google-client"}


@dataclass
class _Code:
    client: str
    redirect_uri: str
    challenge: str
    nonce: str
    subject: str


@dataclass
class Switches:
    """What a test changes; `IdentityProvider.reset` puts all back."""

    mode: Mode = "well"
    latency: float = 0.0
    """Seconds before an answer of the token and tokeninfo endpoints."""
    person: str = "person-1"
    denies: bool = False
    claims: dict[str, Any] = field(default_factory=dict)
    """Put over the claims of each id token; a value of None leaves the claim out."""
    disowns: bool = False
    """Whether tokeninfo denies every id token."""


class IdentityProvider:
    """Both providers on one port of the loopback interface; as issuer it is called by its own address."""

    def __init__(self) -> None:
        self.switches = Switches()
        self.asked: list[str] = []
        """Paths of the requests so far."""
        self._released = Event()
        self._codes: dict[str, _Code] = {}
        self._key = generate_private_key(SECP256R1())
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"provider": self}))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> IdentityProvider:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def close(self) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()

    def reset(self) -> None:
        """Be well again, and let go whom `slow` holds."""
        self._released.set()
        self._released = Event()
        self.switches = Switches()
        self.asked.clear()

    def environment(self) -> dict[str, str]:
        """What a workload is told, by the names of its manifest."""
        return {
            "KAKAO_OAUTH_BASE_URL": self.url,
            "KAKAO_CLIENT_ID": "kakao-client",
            "KAKAO_CLIENT_SECRET": CLIENTS["kakao-client"],
            "GOOGLE_OAUTH_BASE_URL": self.url,
            "GOOGLE_AUTHORIZATION_URL": f"{self.url}/o/oauth2/v2/auth",
            "GOOGLE_CLIENT_ID": "google-client",
            "GOOGLE_CLIENT_SECRET": CLIENTS["google-client"],
        }

    def authorize(self, client: str, query: dict[str, str]) -> str:
        """Where the browser is sent after the log-in page.

        Raises:
            ValueError: the request is not what the provider asks for.
        """
        required = {"response_type": "code", "client_id": client, "code_challenge_method": "S256"}
        wrong = [name for name, value in required.items() if query.get(name) != value]
        if wrong or "openid" not in query.get("scope", "").split() or len(query["code_challenge"]) != 43:
            message = f"wrong: {wrong or 'scope or challenge'}"
            raise ValueError(message)
        back = {"state": query["state"]}
        if self.switches.denies:
            back["error"] = "access_denied"
        else:
            back["code"] = secrets.token_urlsafe(24)
            self._codes[back["code"]] = _Code(
                client=client,
                redirect_uri=query["redirect_uri"],
                challenge=query["code_challenge"],
                nonce=query["nonce"],
                subject=self.switches.person,
            )
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def exchange(self, client: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The token endpoint's status and answer."""
        if form.get("client_id") != client or form.get("client_secret") != CLIENTS[client]:
            return 401, {"error": "invalid_client"}
        code = self._codes.pop(form.get("code", ""), None)
        proof = sha256(form.get("code_verifier", "").encode()).digest()
        if (
            code is None
            or form.get("grant_type") != "authorization_code"
            or (code.client, code.redirect_uri) != (client, form.get("redirect_uri"))
            or code.challenge != urlsafe_b64encode(proof).rstrip(b"=").decode()
        ):
            return 400, {"error": "invalid_grant"}
        return 200, {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "bearer",
            "expires_in": 3600,
            "id_token": self.id_token(client, code.subject, code.nonce),
        }

    def id_token(self, client: str, subject: str, nonce: str) -> str:
        """As the token endpoint makes it, with the switches' claims."""
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": client,
            "sub": subject,
            "iat": now,
            "exp": now + 3600,
            "nonce": nonce,
        }
        claims |= self.switches.claims
        present = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(present, self._key, algorithm="ES256", headers={"kid": "1"})

    def describe(self, client: str, id_token: str) -> tuple[int, dict[str, Any]]:
        """The tokeninfo endpoint's status and answer."""
        try:
            claims = jwt.decode(id_token, self._key.public_key(), algorithms=["ES256"], audience=client)
        except jwt.PyJWTError:
            claims = {}
        if self.switches.disowns or not claims:
            return 400, {"error": "invalid_token", "error_description": "Invalid Value"}
        return 200, claims

    def hold(self) -> None:
        """Keep a request waiting until the test is over."""
        self._released.wait(30)


class _Handler(BaseHTTPRequestHandler):
    provider: ClassVar[IdentityProvider]
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.provider.asked.append(parts.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if (client := _AUTHORIZATION.get(parts.path)) is not None:
            self._send_back(client, query)
        elif parts.path == "/tokeninfo":
            self._answer(*self.provider.describe("google-client", query.get("id_token", "")))
        else:
            self._say(404, b"{}")

    def do_POST(self) -> None:
        self.provider.asked.append(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        form = dict(parse_qsl(body))
        if (client := _TOKEN.get(self.path)) is not None:
            self._answer(*self.provider.exchange(client, form))
        elif (client := _TOKEN_INFO.get(self.path)) is not None:
            self._answer(*self.provider.describe(client, form.get("id_token", "")))
        else:
            self._say(404, b"{}")

    def _send_back(self, client: str, query: dict[str, str]) -> None:
        try:
            place = self.provider.authorize(client, query)
        except (ValueError, KeyError) as error:
            self._say(400, str(error).encode())
            return
        self.send_response(302)
        self.send_header("Location", place)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, status: int, answer: dict[str, Any]) -> None:
        time.sleep(self.provider.switches.latency)
        match self.provider.switches.mode:
            case "well":
                self._say(status, json.dumps(answer).encode())
            case "slow":
                self.provider.hold()
                self.close_connection = True
            case "error":
                self._say(500, b"<html>Internal Server Error</html>")
            case "throttling":
                self._say(429, b"{}")
            case "garbage":
                self._say(200, b"\xff\xfe{not json")
            case "huge":
                self._say(200, b" " * 1_000_000)
            case "hangs-up":
                self.close_connection = True

    def _say(self, status: int, body: bytes) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:  # the client had enough
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """What was asked stands in `asked`."""
