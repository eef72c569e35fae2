"""Runs several things at the same moment, each in a thread and on a connection of its own."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from django.db import connection


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """What each job returned, or the exception it raised, in the jobs' order; all begin together."""
    barrier = Barrier(len(jobs))
    answers: list[Any] = [None] * len(jobs)

    def run(number: int, job: Callable[[], Any]) -> None:
        try:
            barrier.wait()
            answers[number] = job()
        except Exception as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def all_well(answers: list[Any]) -> list[Any]:
    """The answers; raises the first that is an exception."""
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    return answers
