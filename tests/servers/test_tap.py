"""What is held arrives when it is released, and never when its sender is gone."""

from __future__ import annotations

import socket
import subprocess
import sys
from threading import Thread

import pytest

from tests.servers.ports import free_port
from tests.servers.tap import Tap
from tests.servers.waiting import eventually


class Echo:
    """A server that notes and repeats what it is sent."""

    def __init__(self) -> None:
        self.heard = b""
        self.gone = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            while chunk := connection.recv(1000):
                self.heard += chunk
                connection.sendall(chunk)
        self.gone += 1

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def echo():
    server = Echo()
    yield server
    server.close()


@pytest.fixture
def tap(echo):
    tap = Tap(echo.port).start()
    yield tap
    tap.close()


@pytest.fixture
def client(tap):
    with socket.create_connection(("127.0.0.1", tap.port), timeout=10) as client:
        yield client


def test_all_passes_as_it_is(client):
    sent = bytes(range(256)) * 3
    client.sendall(sent)
    with client.makefile("rb") as answers:
        assert answers.read(len(sent)) == sent


@pytest.mark.parametrize("parts", [[b"SET a"], [b"S", b"ET ", b"a"]], ids=["at once", "in pieces"])
def test_what_matches_waits_for_the_release(client, tap, echo, parts):
    held = tap.hold(rb"SET \w")
    client.sendall(b"GET a;")
    assert client.recv(100) == b"GET a;"
    for part in parts:
        client.sendall(part)
    held.wait()
    assert b"a" not in echo.heard.removeprefix(b"GET a;")
    held.release()
    eventually(lambda: echo.heard == b"GET a;SET a", "it has arrived")


def test_one_connection_is_held_the_others_pass(client, tap):
    held = tap.hold(b"SET")
    client.sendall(b"SET")
    held.wait()
    with socket.create_connection(("127.0.0.1", tap.port), timeout=10) as other:
        other.sendall(b"SET")
        assert other.recv(10) == b"SET"
    held.release()
    assert client.recv(10) == b"SET"


def test_answers_are_held_too(client, tap, echo):
    held = tap.hold(b"four", side="server")
    client.sendall(b"four")
    held.wait()
    assert echo.heard == b"four"
    held.release()
    assert client.recv(10) == b"four"


def test_what_a_killed_client_had_sent_is_never_delivered(tap, echo):
    code = f"import socket; s = socket.create_connection(('127.0.0.1', {tap.port})); s.sendall(b'SET')"
    sender = subprocess.Popen([sys.executable, "-c", f"{code}; input()"], stdin=subprocess.PIPE)
    held = tap.hold(b"SET")
    held.wait()
    sender.kill()
    sender.communicate()
    eventually(lambda: echo.gone == 1, "the server sees the end")
    assert echo.heard == b""


def test_where_nobody_listens_connections_are_reset():
    tap = Tap(free_port()).start()
    with (
        socket.create_connection(("127.0.0.1", tap.port), timeout=10) as client,
        pytest.raises(ConnectionResetError),
    ):
        client.recv(1)
    tap.close()
