"""An import and its rows: nothing is counted twice, nothing is lost."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from leads.models.channel import Campaign, Channel
from leads.models.lead import Lead


class ImportRun(models.Model):
    """One file on its way in. created + updated + unchanged + duplicates + refused = rows when done."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        PREVIEW = "preview"
        COMMITTING = "committing"
        DONE = "done"
        REFUSED = "refused"
        FAILED = "failed"
        UNDOING = "undoing"
        UNDONE = "undone"

    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    file = models.FileField(upload_to="imports/%Y/%m")
    filename = models.CharField(max_length=255)
    size = models.PositiveIntegerField(default=0)
    # SHA-256 of its bytes; '' where it came in before that was kept.
    digest = models.CharField(max_length=64, blank=True, db_default="")
    layout = models.CharField(max_length=30, blank=True)
    encoding = models.CharField(max_length=20, blank=True)
    sheet = models.CharField(max_length=120, blank=True)
    # The sheets that can be chosen: hidden ones are left out.
    sheets = models.JSONField(default=list)
    header_line = models.PositiveIntegerField(default=1)
    headers = models.JSONField(default=list)
    samples = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    constants = models.JSONField(default=dict)
    match_on = models.CharField(max_length=20, blank=True)
    date_order = models.CharField(max_length=3, blank=True)
    channel = models.ForeignKey(Channel, models.PROTECT, null=True, related_name="+")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="+")
    create_custom = models.BooleanField(default=False)
    # {"fields": [key], "channels": [id], "campaigns": [id]}: what had to be made for its preview; goes with a discard.
    made = models.JSONField(default=dict)
    dry_run = models.BooleanField(default=False)
    rows = models.PositiveIntegerField(default=0)
    rows_read = models.PositiveIntegerField(default=0)
    # Characters of the longest row, so that a chunk of long rows stays small in memory.
    widest = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    # Leads that taking the import back left as they were, because others had changed them since.
    kept = models.PositiveIntegerField(default=0)
    # Up to which row it has been taken back.
    taken_back = models.PositiveIntegerField(default=0, db_default=0)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    error_code = models.CharField(max_length=40, blank=True)
    error_values = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.filename

    @property
    def takes_decisions(self) -> bool:
        """Whether rows can be decided on and corrected. Where an undoing stopped half way they can't: it goes on behind
        the rows that it has passed, and would leave there what came later."""
        return self.state in (self.State.PREVIEW, self.State.DONE) and not self.taken_back


class ImportRow(models.Model):
    """One row of the file: its cells by column, and what became of it."""

    class Result(models.TextChoices):
        PENDING = "pending"
        CREATED = "created"
        UPDATED = "updated"
        UNCHANGED = "unchanged"
        DUPLICATE = "duplicate"
        REFUSED = "refused"

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="file_rows")
    number = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    cells = models.JSONField(default=list)
    result = models.CharField(max_length=9, choices=Result, default=Result.PENDING)
    lead = models.ForeignKey(Lead, models.SET_NULL, null=True, related_name="+")
    errors = models.JSONField(default=list)
    candidates = models.JSONField(default=list)
    # What a person decided on a held row: "new", "skip" or the id of the lead that it means.
    resolution = models.CharField(max_length=20, blank=True)
    stated_score = models.IntegerField(null=True)
    old = models.JSONField(default=dict)
    # By what a preview recognises whom it names (`import_matching.Keys`), so that nobody reads all cells anew for that.
    keys = models.JSONField(default=dict, db_default={})
    # When it was written; whatever happened to the lead later was somebody else.
    written_at = models.DateTimeField(null=True)
    # Why the lead stayed as it is when the import was taken back.
    kept = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="leads_import_row_once")]
        indexes = [
            models.Index(fields=["run", "result", "number"], name="leads_import_row_result"),
            # Few among the many that are unchanged, and counted for every import of the list.
            models.Index(
                fields=["run"], name="leads_import_row_skipped", condition=Q(result="unchanged", resolution="skip")
            ),
        ]

    def __str__(self) -> str:
        return f"row {self.number} of {self.run_id}"

    @property
    def is_skipped(self) -> bool:
        """A held row of which a person decided that it stays out; it counts as unchanged. In SQL: `imports.SKIPPED`."""
        return self.result == self.Result.UNCHANGED and self.resolution == "skip"

    @property
    def resembled_lines(self) -> list[int]:
        """The lines of the other rows, as far as they are known."""
        return [line for fault in self.errors for line in fault.get("values", {}).get("lines", ())]

    @property
    def resembles_row(self) -> bool:
        """Whether a held row may also mean somebody whom so far only another row of its file names."""
        return any(fault.get("values", {}).get("people", 0) > len(self.candidates) for fault in self.errors)


class ImportMapping(models.Model):
    """A mapping remembered by the header it was made for."""

    header_key = models.CharField(max_length=64, unique=True)
    mapping = models.JSONField(default=dict)
    # What was chosen beside it: order of dates, match key, channel, campaign.
    options = models.JSONField(default=dict)
    used_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.header_key
