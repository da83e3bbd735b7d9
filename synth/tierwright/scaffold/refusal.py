"""Why something is not written; the message says what is lacking and what would help."""


class RefusalError(Exception):
    """The repository cannot take the change. Nothing was written."""

    def __init__(self, reason: str, mend: str) -> None:
        self.reason, self.mend = reason, mend
        super().__init__(f"{reason}\n    {mend}")
