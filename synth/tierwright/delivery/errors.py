"""What stops a delivery, said so that a person can mend it."""


class DeliveryError(Exception):
    """A delivery cannot go on: the `reason`, and how to `mend` it."""

    def __init__(self, reason: str, mend: str) -> None:
        self.reason = reason
        self.mend = mend
        super().__init__(f"{reason}. {mend}.")
