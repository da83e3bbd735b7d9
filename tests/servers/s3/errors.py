"""What S3 and STS answer when they refuse."""

from __future__ import annotations

from xml.sax.saxutils import escape

from werkzeug.wrappers import Response


class Refusal(Exception):  # noqa: N818 - what happened, not a fault of ours
    """A request that the real service refuses.

    Args:
        status: HTTP status.
        code: The service's name for the reason.
        message: One sentence.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def answer(self) -> Response:
        """The answer as S3 writes it."""
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Error><Code>{self.code}</Code><Message>{escape(self.message)}</Message>"
            "<RequestId>0000000000000000</RequestId><HostId>test</HostId></Error>"
        )
        return Response(body, self.status, content_type="application/xml")

    def answer_of_sts(self) -> Response:
        """The answer as STS writes it."""
        body = (
            '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
            f"<Code>{self.code}</Code><Message>{escape(self.message)}</Message></Error>"
            "<RequestId>00000000-0000-0000-0000-000000000000</RequestId></ErrorResponse>"
        )
        return Response(body, self.status, content_type="text/xml")


def access_denied(message: str = "Access Denied") -> Refusal:
    return Refusal(403, "AccessDenied", message)


def does_not_match() -> Refusal:
    return Refusal(
        403,
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. "
        "Check your key and signing method.",
    )
