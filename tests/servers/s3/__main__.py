"""Serve S3 and STS on a port of 127.0.0.1: python -m tests.servers.s3 CONFIGURATION."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from tests.servers.s3.gate import Gate
from tests.servers.s3.keys import Key, Keys
from tests.servers.s3.shelf import Shelf


class _Handler(MotoRequestHandler):
    """Keeps connections open, and leaves the log of requests to the gate."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def main() -> None:
    told = json.loads(Path(sys.argv[1]).read_text())
    shelf = Shelf(Path(told["folder"]), told["region"])
    shelf.restore(told["buckets"])
    keys = Keys(Key(told["access_key"], told["secret_key"]))
    storage = DomainDispatcherApplication(create_backend_app)
    gate = Gate(storage, shelf, keys, told["tokens"], told["region"])
    make_server("127.0.0.1", told["port"], gate, threaded=True, request_handler=_Handler).serve_forever()


main()
