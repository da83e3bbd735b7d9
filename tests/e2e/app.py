"""The mobile app: it knows the platform's address, and nothing of what is behind it."""

from __future__ import annotations

import httpx2

ADDRESS = "https://growbin.app"


class Balanced(httpx2.HTTPTransport):
    """Leads requests for the platform's address to the load balancer's port."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port)
        return super().handle_request(
            httpx2.Request(
                request.method,
                url,
                headers=request.headers,
                stream=request.stream,
                extensions=request.extensions,
            )
        )


def client(port: int) -> httpx2.Client:
    """An HTTP client that reaches the platform at its public address, and everybody else at theirs."""
    return httpx2.Client(base_url=ADDRESS, mounts={ADDRESS: Balanced(port)}, timeout=10)
