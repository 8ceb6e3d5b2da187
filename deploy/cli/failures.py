"""What a command cannot do, in words for whoever typed it."""


class CannotRun(Exception):
    """Something cannot be started, or went away. The message tells the operator what to do."""
