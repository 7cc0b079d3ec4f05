"""Why a sign-in by the provider came to nothing. Each reason is a word for the log that holds nothing secret."""


class Distrusted(Exception):
    """What came from the provider, or in its name, is not what it must be. reason: such as STATE or CLAIM_AUD."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Declined(Exception):
    """The person or the provider said no, which is nobody's mistake."""


class OutOfReach(Exception):
    """The provider does not answer, or not in its own language."""
