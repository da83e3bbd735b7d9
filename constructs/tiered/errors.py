"""What can go wrong when a construct is built: always a mistake of its caller, told with the mend."""


class TieredError(ValueError):
    """A construct was asked for something that cannot work; the message says what to write instead."""
