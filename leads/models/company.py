"""The organisation a lead belongs to."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Company(models.Model):
    """Leads of one company know of each other. `name_key` is the normalised name used for matching."""

    name = models.CharField(_("Company"), max_length=255)
    name_key = models.CharField(max_length=255, db_index=True)
    corporate_number = models.CharField(_("Corporate number"), max_length=13, blank=True)
    domain = models.CharField(_("Domain"), max_length=255, blank=True)
    url = models.URLField(_("Website"), max_length=500, blank=True)
    industry = models.CharField(_("Industry"), max_length=80, blank=True)
    # A range such as 101–300 has both bounds; one number has the same in both; open ranges have none above.
    employee_count = models.PositiveIntegerField(_("Employees"), null=True, blank=True)
    employee_count_max = models.PositiveIntegerField(null=True, blank=True)
    phone = models.CharField(_("Phone"), max_length=40, blank=True)
    phone_key = models.CharField(max_length=20, blank=True)
    postal_code = models.CharField(_("Postal code"), max_length=10, blank=True)
    prefecture = models.CharField(_("Prefecture"), max_length=10, blank=True)
    address = models.CharField(_("Address"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["corporate_number"], name="leads_company_corporate", condition=~models.Q(corporate_number="")
            ),
            models.Index(fields=["domain"], name="leads_company_domain", condition=~models.Q(domain="")),
        ]

    def __str__(self) -> str:
        return self.name
