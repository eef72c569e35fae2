"""Words that people put on leads to find them again."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tag(models.Model):
    """One word of the organisation's; `key` is the name as it is compared (width and case don't count)."""

    name = models.CharField(_("Name"), max_length=40)
    key = models.CharField(max_length=80, unique=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class LeadTag(models.Model):
    """The tag on one lead; `added_at` lets an undo tell its own deed from a later one."""

    lead = models.ForeignKey("leads.Lead", models.CASCADE, related_name="tagged")
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="tagged")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lead", "tag"], name="leads_tag_once")]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.lead_id}"
