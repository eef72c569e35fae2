"""Fixtures that every app's tests share: the organisation, its people, and one lead."""

import pytest

from accounts.models import Organization
from leads.models import Lead
from tests import factories
from tests.cast import Cast


@pytest.fixture
def org(db: None) -> Organization:
    """The organisation, in Tokyo, with 製造業 as target industry."""
    return factories.organization()


@pytest.fixture
def cast(org: Organization) -> Cast:
    """Mia, Isao, Sato, Otto, Maki and Ada with their teams."""
    return factories.cast()


@pytest.fixture
def lead(org: Organization) -> Lead:
    """A lead of 東浜精工 without activities."""
    return factories.lead(company=factories.company(), title="生産管理部 部長", channel="展示会")
