"""What a result does to the lead's deals, as a table."""

from enum import StrEnum

from feedback.domain.choices import Result


class Effect(StrEnum):
    NONE = "none"
    OPEN = "open"  # a deal begins
    REOPEN = "reopen"  # the newest won one goes on
    WIN = "win"
    LOSE = "lose"
    OPEN_AND_WIN = "open_and_win"
    TURN_LOST = "turn_lost"  # the newest won one was lost after all


def effect_of(result: str, *, has_open: bool, corrects_won: bool) -> Effect:
    """What becomes of the newest deal. `corrects_won`: a won result of the same handoff is taken back."""
    if result == Result.WON:
        return Effect.WIN if has_open else Effect.OPEN_AND_WIN
    if result == Result.LOST:
        if has_open:
            return Effect.LOSE
        return Effect.TURN_LOST if corrects_won else Effect.NONE
    if corrects_won:
        return Effect.NONE if has_open else Effect.REOPEN
    if result == Result.OPPORTUNITY and not has_open:
        return Effect.OPEN
    return Effect.NONE
