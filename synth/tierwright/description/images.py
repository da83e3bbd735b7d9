"""images.lock.yaml: which image of each app an environment runs; written by machines only."""

from __future__ import annotations

from typing import Annotated, Literal

from tierwright.description.base import Described
from tierwright.description.fields import Form, Name


class Image(Described):
    """An app's image in one environment."""

    tag: Annotated[
        str,
        Form(
            r"^sha-[0-9a-f]{7,40}$",
            "is not an image's tag; write sha- and the commit, for example sha-1a2b3c4",
        ),
    ]
    """The commit that it was built from."""
    digest: (
        Annotated[
            str,
            Form(
                r"^sha256:[0-9a-f]{64}$", "is not a digest; write sha256: and 64 hexadecimal digits, or null"
            ),
        ]
        | None
    ) = None
    """What runs; null until the first release has pushed the image."""

    def reference(self, repository: str) -> str:
        """What a container's `image` says."""
        return f"{repository}:{self.tag}" + (f"@{self.digest}" if self.digest else "")


class ImageLock(Described):
    """The images of every environment, by app."""

    version: Literal[1]
    """The version of this file's format."""
    images: dict[Name, dict[Name, Image]]
    """The image of every app, for each environment."""
