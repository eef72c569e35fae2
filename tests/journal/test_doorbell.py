"""The doorbell neither fails nor holds anybody up."""

import threading

import pytest

from journal import doorbell


@pytest.fixture
def hang_bell(monkeypatch):
    """Hangs up a bell that sends as told: a thread left over from another test keeps its own way to send."""
    monkeypatch.setattr(doorbell, "SILENCE_SECONDS", 0)
    return lambda send: monkeypatch.setattr(doorbell, "_bell", doorbell._Bell(send))


def test_ring_returns_while_the_broker_hangs(hang_bell):
    hanging, released = threading.Event(), threading.Event()

    def hang(ring):
        hanging.set()
        released.wait(10)

    hang_bell(hang)
    doorbell.ring("a.task")
    assert hanging.wait(5)

    doorbell.ring("b.task")  # would never come back if it waited for the broker

    released.set()


def test_rings_of_one_kind_wait_once_and_all_kinds_arrive(hang_bell):
    sent, busy, go = [], threading.Event(), threading.Event()
    both = threading.Event()

    def send(ring):
        busy.set()
        go.wait(10)
        sent.append(ring[0])
        if len(sent) == 2:
            both.set()

    hang_bell(send)
    doorbell.ring("first.task")
    assert busy.wait(5)
    for _time in range(50):
        doorbell.ring("again.task")
    go.set()

    assert both.wait(5)
    assert sent == ["first.task", "again.task"]


def test_failing_broker_is_tried_again_later(hang_bell):
    arrived, failed = threading.Event(), threading.Event()

    def send(ring):
        if not failed.is_set():
            failed.set()
            raise OSError("away")
        arrived.set()

    hang_bell(send)
    doorbell.ring("a.task")
    assert failed.wait(5)

    while not arrived.wait(0.02):
        doorbell.ring("a.task")

    assert arrived.is_set()


def test_quiet_wakes_nobody(hang_bell):
    rung = threading.Event()
    hang_bell(lambda ring: rung.set())

    with doorbell.quiet():
        doorbell.ring("a.task")

    assert not rung.wait(0.1)
