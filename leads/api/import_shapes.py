"""Shapes of imports: what a request brings, what an answer shows."""

import json
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.parsers import check_storable
from leads.domain.import_fields import MATCH_KEYS
from leads.imports.encodings import CHOICES
from leads.imports.sentences import row_sentence
from leads.models import ImportRow, ImportRun
from leads.queries import imports


@extend_schema_field(OpenApiTypes.OBJECT)
class JSONObjectField(serializers.Field):  # type: ignore[type-arg]
    """A JSON object, in a multipart form as text."""

    default_error_messages = {"object": _("Send a JSON object.")}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, str):
            try:
                data = json.loads(data) if data.strip() else {}
            except (ValueError, RecursionError):
                self.fail("object")
        if not isinstance(data, dict):
            self.fail("object")
        check_storable(data)
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class ImportStartSerializer(serializers.Serializer):  # type: ignore[type-arg]
    file = serializers.FileField(help_text="CSV, TSV or XLSX, at most 50 MiB", max_length=255)
    mapping = JSONObjectField(required=False, help_text="{column header: field} or {header: {field, values}}, as JSON")
    constants = JSONObjectField(required=False, help_text='{field: value} for every row, as JSON: {"outcome": "won"}')
    match_on = serializers.ChoiceField(
        MATCH_KEYS, required=False, allow_blank=True, help_text="How rows find their lead; default: exact keys in order"
    )
    channel = serializers.CharField(
        required=False, allow_blank=True, max_length=80, help_text="Channel of rows that name none; made if new"
    )
    campaign = serializers.CharField(
        required=False, allow_blank=True, max_length=120, help_text="Campaign of rows that name none; made if new"
    )
    create_custom = serializers.BooleanField(
        required=False, default=False, help_text="Make own fields that are missing"
    )
    dry_run = serializers.BooleanField(required=False, default=False, help_text="Stop at the preview")
    encoding = serializers.ChoiceField(
        CHOICES, required=False, allow_blank=True, help_text="Only needed where the file doesn't tell"
    )
    sheet = serializers.CharField(required=False, allow_blank=True, max_length=120, help_text="Sheet of a workbook")
    header_line = serializers.IntegerField(
        required=False, min_value=1, max_value=1000, help_text="Line with the column names, where it is not found"
    )
    date_order = serializers.ChoiceField(
        ("dmy", "mdy"), required=False, allow_blank=True, help_text="How 1/2/2026 is to be read"
    )


class ImportErrorSerializer(serializers.Serializer):  # type: ignore[type-arg]
    code = serializers.CharField(help_text="Never changes")
    detail = serializers.CharField(help_text="In the reader's language")


class ImportSerializer(serializers.ModelSerializer[ImportRun]):
    id = serializers.CharField(source="pk", read_only=True, help_text="Opaque id")
    progress = serializers.SerializerMethodField(help_text="Share of rows done, 0 to 1")
    channel = serializers.CharField(source="channel.name", default=None, help_text="Channel of rows that name none")
    campaign = serializers.CharField(source="campaign.name", default=None, help_text="Campaign of rows that name none")
    error = serializers.SerializerMethodField(help_text="Why it was refused or failed; null otherwise")

    class Meta:
        model = ImportRun
        fields = (
            "id state filename rows created updated unchanged duplicates refused kept progress layout encoding sheet "
            "sheets header_line headers mapping constants match_on channel campaign create_custom date_order dry_run error "
            "created_at finished_at"
        ).split()
        read_only_fields = fields
        extra_kwargs = {
            "state": {"help_text": "queued, running, preview, committing, done, refused, failed, undoing or undone"},
            "filename": {"help_text": "As it was sent"},
            "rows": {"help_text": "Rows of the file; 0 until all are read"},
            "created": {"help_text": "Rows that made a lead"},
            "updated": {"help_text": "Rows that changed a lead"},
            "unchanged": {"help_text": "Rows that said nothing new; also a total or an example row, with that reason"},
            "duplicates": {"help_text": "Rows held until somebody decides (resolve)"},
            "refused": {"help_text": "Rows that were refused, each with its reasons"},
            "kept": {"help_text": "Leads that taking the import back left, because others had changed them since"},
            "sheets": {"help_text": "Sheets of the workbook that can be chosen; hidden ones are left out"},
            "layout": {"help_text": "Which known sheet it is: excel_starter, inventory, eight, sansan, …; or empty"},
            "encoding": {"help_text": "As found; empty for a workbook"},
            "sheet": {"help_text": "Sheet of the workbook"},
            "header_line": {"help_text": "Line with the column names"},
            "headers": {"help_text": "Column names"},
            "mapping": {"help_text": "What the columns mean"},
            "constants": {"help_text": "Values of every row"},
            "match_on": {"help_text": "How rows find their lead; empty: exact keys in order"},
            "create_custom": {"help_text": "Whether missing own fields were made"},
            "date_order": {"help_text": "dmy, mdy or empty"},
            "dry_run": {"help_text": "Whether it stops at the preview"},
            "created_at": {"help_text": "When it came in"},
            "finished_at": {"help_text": "When it was done"},
        }

    def get_progress(self, run: ImportRun) -> float:
        return imports.progress(run)

    @extend_schema_field(ImportErrorSerializer(allow_null=True))
    def get_error(self, run: ImportRun) -> dict[str, str] | None:
        return {"code": run.error_code, "detail": imports.error_text(run)} if run.error_code else None


class RowFaultSerializer(serializers.Serializer):  # type: ignore[type-arg]
    column = serializers.CharField(help_text="Column header; empty for the row as a whole")
    code = serializers.CharField(help_text="Never changes")
    message = serializers.CharField(help_text="In the reader's language")


class ImportRowSerializer(serializers.ModelSerializer[ImportRow]):
    lead = serializers.CharField(source="lead_id", help_text="The lead it became or changed; null for none")
    errors = serializers.SerializerMethodField(
        help_text="Why it was refused, is held, or stays as it is (`repeated`: imported before)"
    )
    candidates = serializers.SerializerMethodField(help_text="Ids of leads it may mean")

    class Meta:
        model = ImportRow
        fields = "number line result lead errors candidates resolution stated_score kept cells".split()
        read_only_fields = fields
        extra_kwargs = {
            "number": {"help_text": "Number of the row, from 1"},
            "line": {"help_text": "Line in the file"},
            "result": {"help_text": "pending, created, updated, unchanged, duplicate or refused"},
            "resolution": {"help_text": "What was decided: new, skip, a lead's id, or empty"},
            "stated_score": {"help_text": "Score written in the file"},
            "kept": {
                "help_text": "Why its lead stayed as it is when the import was taken back: handoff, deal, moved, stage, "
                "activity, merged, edited, taken (its former address or number is another lead's now), or empty"
            },
            "cells": {"help_text": "As written, in the order of headers"},
        }

    @extend_schema_field(RowFaultSerializer(many=True))
    def get_errors(self, row: ImportRow) -> list[dict[str, str]]:
        return [
            {"column": fault.get("column", ""), "code": fault["code"], "message": row_sentence(fault)}
            for fault in row.errors
        ]

    def get_candidates(self, row: ImportRow) -> list[str]:
        return [str(pk) for pk in row.candidates]


class ResolveAllSerializer(serializers.Serializer):  # type: ignore[type-arg]
    def get_fields(self) -> dict[str, Any]:
        choices = {"same": "the one candidate", "new": "somebody new", "skip": "left out"}
        return {"as": serializers.ChoiceField(tuple(choices), help_text="What all held rows are, where they can be")}


class ResolveSerializer(serializers.Serializer):  # type: ignore[type-arg]
    def get_fields(self) -> dict[str, Any]:
        # `as` is a word of the language, so that it can't be an attribute.
        return {
            "as": serializers.CharField(
                max_length=20, help_text="A lead's id, new or skip; in a preview also undecided"
            )
        }
