"""What 'never contacted' means, wherever it is counted: handed over, not given back, and nobody got in touch."""

from datetime import datetime

from django.db.models import Q


def contacted(at: datetime) -> Q:
    """Episodes with a first contact by then."""
    return Q(first_contact_at__isnull=False, first_contact_at__lte=at)


def rejected(at: datetime) -> Q:
    """Episodes that ended with a reject by then, contacted or not."""
    return Q(outcome="rejected", answered_at__isnull=False, answered_at__lte=at)


def given_back(at: datetime) -> Q:
    """Episodes that were rejected by then, before any contact: no call is owed on them any more."""
    return rejected(at) & ~contacted(at)


def silent(at: datetime) -> Q:
    """Episodes on which nobody has called, written or met, and which were not given back."""
    return ~contacted(at) & ~given_back(at)
