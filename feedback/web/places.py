"""Where a person goes on after reporting."""

from django.urls import NoReverseMatch, reverse


def lead_page(lead_id: int) -> str:
    """The lead's page; the list of deals where this installation has none."""
    try:
        return reverse("lead", args=[lead_id])
    except NoReverseMatch:
        return reverse("opportunities")
