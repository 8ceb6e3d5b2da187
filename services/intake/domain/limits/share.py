"""How many of a number of places one sender may hold."""


def is_fair(*, held: int, more: int, free: int) -> bool:
    """Whether one who holds so many may have more of those that are free.

    Nobody holds more than they leave: alone a half, of two a third each, and so on; so there is
    always something for who comes next (Choudhury and Hahne's dynamic thresholds). Whoever holds
    nothing yet may have all that is free.
    """
    if more > free:
        return False
    return not held or held + more <= free - more
