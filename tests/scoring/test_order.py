"""Several published models: the order in which they are tried, and changing it."""

import pytest
from django.test import Client

from journal.models import Event
from leads.models import LeadScore
from scoring.models import RecomputeRun
from scoring.services import order, recompute
from scoring.services.models import MayNotPublish
from tests.cast import NOON, Cast
from tests.scoring import rows, scored
from tests.scoring.test_pages import text

pytestmark = pytest.mark.django_db
ALWAYS_TRUE = {"field": "last_name", "op": "known"}
PHONED = {"field": "phone", "op": "known"}
TITLED = {"field": "title", "op": "known"}


@pytest.fixture
def two(cast: Cast):
    """Everybody is scored by the first; the second would score those with a title."""
    del cast
    scored.published([scored.rule(ALWAYS_TRUE, 1, dimension="fit")], name="残り")
    first = scored.published([scored.rule(ALWAYS_TRUE, 10, dimension="fit")], name="広い", applies_to=ALWAYS_TRUE)
    second = scored.published([scored.rule(ALWAYS_TRUE, 20, dimension="fit")], name="狭い", applies_to=TITLED)
    return first, second


def worked() -> dict[int, int]:
    run = RecomputeRun.objects.latest("pk")
    while recompute.work_range(run_id=run.pk, at=NOON):
        pass
    return dict(LeadScore.objects.values_list("lead_id", "total"))


def test_the_first_whose_condition_holds_scores_and_an_earlier_turn_changes_that(cast: Cast, two) -> None:
    titled, untitled = rows.lead(title="課長"), rows.lead(title="")
    recompute.start(by=None, at=NOON)
    assert worked() == {titled.pk: 10, untitled.pk: 10}

    order.earlier(model=two[1], by=cast.ada, at=NOON)

    assert [model.name for model in order.movable()] == ["狭い", "広い"]
    assert worked() == {titled.pk: 20, untitled.pk: 10}
    assert Event.objects.filter(kind="scoring_model.tried_earlier").get().data == {"than": two[0].pk}


def test_the_first_and_the_last_keep_their_places(cast: Cast, two) -> None:
    last = order.ScoringModel.objects.get(name="残り", state="published")
    runs = RecomputeRun.objects.count()
    for model in (two[0], last):
        with pytest.raises(order.NoSuchPlace):
            order.earlier(model=model, by=cast.ada, at=NOON)
    with pytest.raises(MayNotPublish):
        order.earlier(model=two[1], by=cast.sato, at=NOON)
    assert RecomputeRun.objects.count() == runs


def test_the_page_shows_the_order_and_changes_it(cast: Cast, two, client: Client) -> None:
    client.force_login(cast.ada)
    said = text(client.get("/scoring/"))
    assert said.index("広い") < said.index("狭い") < said.index("ほかのすべてのリード")

    answer = client.post(f"/scoring/{two[1].pk}/earlier/", follow=True)

    assert "順番を変えました" in answer.content.decode()
    said = text(answer)
    assert said.index("狭い") < said.index("広い")
    again = client.post(f"/scoring/{two[1].pk}/earlier/", follow=True)
    assert "これより先には試せません" in again.content.decode()


@pytest.fixture
def third(two):
    """Tried after the two."""
    del two
    return scored.published([scored.rule(ALWAYS_TRUE, 30, dimension="fit")], name="三番", applies_to=PHONED)


def names() -> list[str]:
    return [model.name for model in order.movable()]


def test_one_press_is_one_move_however_often_it_is_sent(cast: Cast, two, third, client: Client) -> None:
    client.force_login(cast.ada)
    form = client.get("/scoring/").content.decode().partition(f'action="/scoring/{third.pk}/earlier/"')[2]
    than = form.partition('name="than" value="')[2].partition('"')[0]
    runs = RecomputeRun.objects.count()

    said = [client.post(f"/scoring/{third.pk}/earlier/", {"than": than}, follow=True) for _ in range(2)]

    assert names() == ["広い", "三番", "狭い"]
    assert ["順番を変えました" in answer.content.decode() for answer in said] == [True, True]
    assert Event.objects.filter(kind="scoring_model.tried_earlier").count() == 1
    assert RecomputeRun.objects.count() == runs + 1


@pytest.mark.parametrize(
    ("language", "said"),
    [("ja", "順番がその間に変わりました"), ("en", "The order has changed in the meantime.")],
)
def test_who_saw_another_one_before_it_is_told_instead(
    cast: Cast, two, third, client: Client, language: str, said: str
) -> None:
    cast.ada.language = language
    cast.ada.save()
    client.force_login(cast.ada)
    order.earlier(model=two[1], by=cast.ada, at=NOON)

    answer = client.post(f"/scoring/{third.pk}/earlier/", {"than": two[1].pk}, follow=True)

    assert said in answer.content.decode()
    assert names() == ["狭い", "広い", "三番"]


def test_where_one_model_scores_all_there_is_no_order_to_show(cast: Cast, client: Client) -> None:
    scored.published([scored.rule(ALWAYS_TRUE, 1, dimension="fit")])
    client.force_login(cast.ada)
    assert "ほかのすべてのリード" not in text(client.get("/scoring/"))
