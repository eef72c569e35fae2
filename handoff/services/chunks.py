"""What a sweep does to many rows: so many in a transaction, and one that fails stops no other."""

import logging
from collections.abc import Callable, Sequence

log = logging.getLogger(__name__)

AT_ONCE = 200


def take(ids: Sequence[int], do: Callable[[Sequence[int]], int], *, what: str) -> tuple[int, int]:
    """Does this to all ids, `AT_ONCE` at a time; of a chunk that fails each is taken by itself.

    `do` takes ids and returns how many of them it found still to do, in a transaction of its own. Returns how many
    were done and how many failed; a failure is logged as `what` and the id, and met again by the next sweep.
    """
    done = failed = 0
    for first in range(0, len(ids), AT_ONCE):
        some = ids[first : first + AT_ONCE]
        try:
            done += do(some)
        except Exception:
            log.exception("%s: %s at once failed; each is taken by itself", what, len(some))
            for one in some:
                try:
                    done += do([one])
                except Exception:
                    log.exception("%s: %s failed", what, one)
                    failed += 1
    return done, failed
