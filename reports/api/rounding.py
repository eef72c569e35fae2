"""How exactly figures go out."""


def rounded(value: float | None, digits: int = 4) -> float | None:
    """To so many digits; what has no value stays null."""
    return None if value is None else round(value, digits)
