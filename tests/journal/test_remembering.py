"""A read is asked once within the block, and again everywhere else."""

import pytest
from django.db import transaction

from journal.remembering import remembered, remembering


@pytest.fixture
def counted():
    asked = []

    @remembered
    def read(key, *, by=None):
        asked.append((key, by))
        return len(asked)

    return read, asked


@pytest.mark.django_db
def test_within_the_block_each_question_is_asked_once(counted):
    read, asked = counted

    with transaction.atomic(), remembering():
        assert (read(1), read(1), read(2), read(1, by=3)) == (1, 1, 2, 3)
        with remembering():
            assert read(1) == 1

    assert len(asked) == 3


@pytest.mark.django_db
def test_nothing_outlives_the_block(counted):
    read, asked = counted

    for _block in range(2):
        with transaction.atomic(), remembering():
            read(1)
    read(1)
    read(1)

    assert len(asked) == 4


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_there_is_no_such_block():
    with pytest.raises(RuntimeError), remembering():
        pass
