"""Many rows at once: written, changed and looked for alike on both databases."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no index of pairs")
@pytest.mark.parametrize("body", ["", "a", "ab", "あいあい\n山田商店", "😀😀a", "aaaa"])
def test_a_text_has_the_pairs_of_its_letters(body):
    with connection.cursor() as cursor:
        cursor.execute("SELECT leads_pairs(%s)", [body])
        (pairs,) = cursor.fetchone()
    assert set(pairs) == {body[place : place + 2] for place in range(len(body) - 1)}
