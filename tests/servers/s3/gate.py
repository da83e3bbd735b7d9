"""The gate before the emulation: refuses what S3 refuses, keeps a log, makes faults on demand."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

from werkzeug.datastructures import Headers
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Request, Response

from tests.servers.s3 import form, sts
from tests.servers.s3.errors import Refusal
from tests.servers.s3.keys import Keys
from tests.servers.s3.shelf import Shelf
from tests.servers.s3.signatures import Received, verify

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CONTROL = "/.control"
"""Path under which tests read the log and order faults; no bucket's name may begin with a dot."""

_KEPT = (
    "content-type",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "expires",
)


class Gate:
    """The WSGI application.

    Args:
        storage: The emulation, which believes everything.
        shelf: Where confirmed objects are kept.
        keys: Who may sign.
        tokens: By role, the token that may assume it.
        region: The only region there is.
    """

    def __init__(
        self, storage: WSGIApplication, shelf: Shelf, keys: Keys, tokens: dict[str, str], region: str
    ) -> None:
        self._storage = storage
        self._shelf = shelf
        self._keys = keys
        self._tokens = tokens
        self._region = region
        self._lock = threading.Lock()
        self._log: list[dict[str, Any]] = []
        self._unavailable = 0
        self._delay = 0.0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        received = _received(environ)
        if received.target.startswith(CONTROL):
            return self._control(received)(environ, start_response)
        response = self._answer(received, environ)
        path, _, query = received.target.partition("?")
        entry = {
            "method": received.method,
            "path": unquote(path),
            "query": query,
            "status": response.status_code,
        }
        with self._lock:
            self._log.append(entry)
        return response(environ, start_response)

    def _answer(self, received: Received, environ: WSGIEnvironment) -> Response:
        with self._lock:
            delay, refuse = self._delay, self._unavailable > 0
            self._unavailable -= refuse
        time.sleep(delay)
        if refuse:
            return Refusal(503, "SlowDown", "Please reduce your request rate.").answer()
        path = urlsplit(received.target).path
        if received.method == "POST" and path == "/":
            try:
                return sts.assume_role(received.body, self._tokens, self._tokens.keys(), self._keys)
            except Refusal as refusal:
                return refusal.answer_of_sts()
        try:
            if _is_form(received, path):
                return self._upload(received, unquote(path.strip("/")), environ)
            verify(received, self._keys, self._region)
            return self._pass_on(environ, received.body)
        except Refusal as refusal:
            return refusal.answer()

    def _upload(self, received: Received, bucket: str, environ: WSGIEnvironment) -> Response:
        """Store what a form brings, as the PUT that it amounts to."""
        sent = form.read(received)
        form.authorize(sent, bucket, self._keys, self._region)
        assert sent.file is not None
        put = {name: value for name, value in environ.items() if not name.startswith("HTTP_X_AMZ")}
        put |= {
            "REQUEST_METHOD": "PUT",
            "PATH_INFO": f"/{bucket}/{sent.key}".encode().decode("latin-1"),
            "RAW_URI": f"/{bucket}/{quote(sent.key)}",
            "REQUEST_URI": f"/{bucket}/{quote(sent.key)}",
            "QUERY_STRING": "",
            "CONTENT_TYPE": sent.fields.get("content-type", "binary/octet-stream"),
        }
        for name, value in sent.fields.items():
            if name.startswith("x-amz-meta-") or (name in _KEPT and name != "content-type"):
                put["HTTP_" + name.upper().replace("-", "_")] = value
        stored = self._pass_on(put, sent.file)
        if stored.status_code != 200:
            return stored
        etag = stored.headers["ETag"]
        location = f"http://{received.headers['host']}/{bucket}/{quote(sent.key)}"
        headers = {"ETag": etag, "Location": location}
        status = sent.fields.get("success_action_status", "204")
        if status != "201":
            return Response(status=200 if status == "200" else 204, headers=headers)
        body = (
            f"<PostResponse><Location>{location}</Location><Bucket>{bucket}</Bucket><Key>{sent.key}</Key>"
            f"<ETag>{etag.replace(chr(34), '&quot;')}</ETag></PostResponse>"
        )
        return Response(body, 201, headers, content_type="application/xml")

    def _pass_on(self, environ: WSGIEnvironment, body: bytes) -> Response:
        """Ask the emulation, in which everything belongs to one account."""
        asked = dict(environ)
        asked["wsgi.input"] = io.BytesIO(body)
        asked["CONTENT_LENGTH"] = str(len(body))
        for name in ("HTTP_X_AMZ_SECURITY_TOKEN", "HTTP_TRANSFER_ENCODING", "HTTP_EXPECT"):
            asked.pop(name, None)
        asked["HTTP_AUTHORIZATION"] = (
            f"AWS4-HMAC-SHA256 Credential=AKIATEST/20260101/{self._region}/s3/aws4_request, "
            "SignedHeaders=host, Signature=0"
        )
        content, status, headers = run_wsgi_app(self._storage, asked, buffered=True)
        _, bucket, name = f"{environ['PATH_INFO']}/".encode("latin-1").decode(errors="replace").split("/", 2)
        if environ["REQUEST_METHOD"] == "PUT" and name and not environ["QUERY_STRING"]:
            self._shelf.save_one(bucket, name.removesuffix("/"))
        elif environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            self._shelf.save()
        kept = Headers([each for each in headers if each[0].lower() != "server"])
        return _AsGiven(content, status, kept)

    def _control(self, received: Received) -> Response:
        """GET: the log. DELETE: forget the log and the faults. PUT: order faults."""
        with self._lock:
            if received.method == "DELETE":
                self._log, self._unavailable, self._delay = [], 0, 0.0
            elif received.method == "PUT":
                faults = json.loads(received.body)
                self._unavailable, self._delay = int(faults["unavailable"]), float(faults["delay"])
            return Response(json.dumps(self._log), content_type="application/json")


class _AsGiven(Response):
    """An answer whose length stands although a HEAD has no body."""

    automatically_set_content_length = False


def _received(environ: WSGIEnvironment) -> Received:
    request = Request(environ)
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Received(request.method, environ["RAW_URI"], headers, request.get_data())


def _is_form(received: Received, path: str) -> bool:
    """A POST to a bucket itself; with a query it is another operation, as the deletion of many objects."""
    return received.method == "POST" and "/" not in path.strip("/") and "?" not in received.target
