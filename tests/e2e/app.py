"""The mobile app: it knows the platform's address, and nothing of what is behind it."""

from __future__ import annotations

import io
import os
import time
from typing import Any

import httpx2
from PIL import Image

ADDRESS = "https://growbin.app"

POLL_SECONDS = 0.5
"""How often the app asks for a job's status."""

_PATIENCE_SECONDS = 40


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


def photo(side: int = 640) -> bytes:
    """A JPEG that nobody has seen before."""
    picture = Image.frombytes("RGB", (32, 32), os.urandom(32 * 32 * 3)).resize((side, side))
    file = io.BytesIO()
    picture.save(file, "JPEG")
    return file.getvalue()


class MobileApp:
    """One phone, logged in or not."""

    def __init__(self, port: int) -> None:
        self.http = client(port)
        self.tokens: dict[str, Any] = {}

    def log_in(self, provider: str = "kakao") -> None:
        """Through the provider's page and back, as a browser follows it."""
        answer = self.http.get(f"/api/v1/auth/login/{provider}", follow_redirects=True)
        self.tokens = self._expect(answer, 200)

    def refresh(self) -> None:
        body = {"refresh_token": self.tokens["refresh_token"]}
        self.tokens = self._expect(self.http.post("/api/v1/auth/refresh", json=body), 200)

    def log_out(self) -> None:
        self.ask("POST", "/api/v1/auth/logout", status=204)

    def ask(self, method: str, path: str, *, status: int = 200, **what: Any) -> Any:
        """What the platform answers, as JSON, with the access token; fails on another status."""
        return self._expect(self.send(method, path, **what), status)

    def send(self, method: str, path: str, **what: Any) -> httpx2.Response:
        """What the platform answers, with the access token, whatever it is."""
        headers = {"Authorization": f"Bearer {self.tokens['access_token']}"} if self.tokens else {}
        return self.http.request(method, path, headers=headers, **what)

    def announce(self, image: bytes) -> dict[str, Any]:
        """A job for a photo, with the form to upload it by."""
        body = {"content_type": "image/jpeg", "size": len(image)}
        job = self.ask("POST", "/api/v1/waste/analyze", status=201, json=body)
        assert isinstance(job, dict)
        return job

    def upload(self, image: bytes) -> str:
        """Announce a photo and upload it to the storage; answer the job's id."""
        job = self.announce(image)
        form = job["upload"]
        sent = self.http.post(form["url"], data=form["fields"], files={"file": ("photo", image)})
        assert sent.status_code in {200, 201, 204}, f"the storage answers {sent.status_code}: {sent.text}"
        return str(job["job_id"])

    def submit(self, image: bytes) -> str:
        """Announce a photo, upload it to the storage, say so; answer the job's id."""
        job = self.upload(image)
        self.ask("POST", f"/api/v1/waste/upload-complete/{job}", status=202)
        return job

    def wait(self, job: str) -> dict[str, Any]:
        """Poll the status until the job has ended, and answer the last one."""
        end = time.monotonic() + _PATIENCE_SECONDS
        seen: list[dict[str, Any]] = []
        while time.monotonic() < end:
            seen.append(self.ask("GET", f"/api/v1/waste/status/{job}"))
            if seen[-1]["state"] in {"done", "failed"}:
                assert [each["progress"] for each in seen] == sorted(each["progress"] for each in seen)
                return seen[-1]
            time.sleep(POLL_SECONDS)
        message = f"job {job} did not end within {_PATIENCE_SECONDS} s: {seen[-1]}"
        raise AssertionError(message)

    def analyze(self, image: bytes) -> dict[str, Any]:
        """The result of a photo."""
        job = self.submit(image)
        status = self.wait(job)
        assert status["state"] == "done", status
        result = self.ask("GET", f"/api/v1/waste/result/{job}")
        assert isinstance(result, dict)
        return result

    def close(self) -> None:
        self.http.close()

    @staticmethod
    def _expect(answer: httpx2.Response, status: int) -> Any:
        told = f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
        assert answer.status_code == status, told
        return answer.json() if answer.content else None
