"""A hundred thousand random steps, and no invariant broken.

WALK_STEPS=100000 is the long walk; WALK_SEED, WALK_STEPS and WALK_EVERY=1 (the whole check after each step) walk again
where one broke.
"""

import os

import pytest

from tests.walk.walking import Broken, Report, walk

pytestmark = pytest.mark.django_db
STEPS = int(os.environ.get("WALK_STEPS", "400"))
SEED = int(os.environ.get("WALK_SEED", "1"))
EVERY = int(os.environ.get("WALK_EVERY", "10"))
# A company of its own for so many steps keeps each step as fast as the first.
IN_ONE = 1000
USUAL = {"take_in", "act", "offer", "accept", "reject", "give_feedback", "merge", "run_out", "pass_hours"}


@pytest.mark.timeout(max(600, STEPS))
def test_no_step_breaks_an_invariant():
    report = Report()
    companies = [min(IN_ONE, STEPS - first) for first in range(0, STEPS, IN_ONE)]
    for seed, steps in enumerate(companies, start=SEED):
        try:
            walk(seed=seed, steps=steps, every=EVERY, report=report)
        except Broken as fault:
            pytest.fail(f"WALK_SEED={seed} WALK_STEPS={steps}: {fault}", pytrace=False)
        print(f"seed {seed}: {report.steps} steps so far", flush=True)
    print(report.table())

    assert report.steps == STEPS
    assert set(report.done) >= USUAL
    if STEPS >= 10 * IN_ONE:
        assert report.never_done() == []
