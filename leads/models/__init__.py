from leads.models.activity import Activity, ActivityType, Content
from leads.models.bulk import BulkItem, BulkRun
from leads.models.channel import Campaign, Channel, LeadSource
from leads.models.company import Company
from leads.models.duplicate import DuplicateDue, DuplicatePair, MatchKey, Merge
from leads.models.imports import ImportMapping, ImportRow, ImportRun
from leads.models.lead import CustomField, Lead, Qualification
from leads.models.score import LeadScore, ScoreDue
from leads.models.segment import ColumnChoice, Segment
from leads.models.tag import LeadTag, Tag

__all__ = [
    "Activity",
    "ActivityType",
    "BulkItem",
    "BulkRun",
    "Campaign",
    "Channel",
    "ColumnChoice",
    "Company",
    "Content",
    "CustomField",
    "DuplicateDue",
    "DuplicatePair",
    "ImportMapping",
    "ImportRow",
    "ImportRun",
    "Lead",
    "LeadScore",
    "LeadSource",
    "LeadTag",
    "MatchKey",
    "Merge",
    "Qualification",
    "ScoreDue",
    "Segment",
    "Tag",
]
