"""How many of a number of places one sender may hold."""


def is_fair(*, held: int, more: int, free: int) -> bool:
    """Whether one who holds so many may have more of those that are free.

    Nobody holds more than they leave: alone a half, of two a third each, and so on (Choudhury and
    Hahne's dynamic thresholds). Whoever holds nothing yet may have all that is free. So of 2**n
    places there is something for the first n + 1 senders at least, however they come.
    """
    if more > free:
        return False
    return not held or held + more <= free - more
