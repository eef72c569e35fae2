"""法人番号: thirteen digits, of which the first checks the rest."""


def is_valid(digits: str) -> bool:
    """Whether the check digit is right: 9 − (Σ digit × weight mod 9), weights 1, 2, 1 … from the right."""
    if len(digits) != 13 or not digits.isascii() or not digits.isdigit():
        return False
    total = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits[1:])))
    return int(digits[0]) == 9 - total % 9
