"""What endpoints cannot be asked."""


class WronglyAsked(Exception):
    """A parameter that cannot be so, or not with the others."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter
        self.message = message
