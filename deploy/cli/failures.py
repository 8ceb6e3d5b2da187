"""What a command cannot do, in words for whoever typed it."""


class CannotRun(Exception):
    """Something cannot be started, or went away. The message tells the operator what to do."""


class WrongConfiguration(Exception):
    """The environment is not usable; one line for each thing that is wrong."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines
