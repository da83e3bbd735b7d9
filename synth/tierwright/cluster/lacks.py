"""What a cluster lacks, told with its mend."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Lack:
    """Something that dist needs and the cluster does not have; `about` is a node, a pool or a kind."""

    about: str
    message: str
    mend: str

    def __str__(self) -> str:
        return f"{self.about}: {self.message}\n    {self.mend}"
