from handoff.models.agreement import SlaAgreement, SlaConsent
from handoff.models.batch import Batch, BatchLead
from handoff.models.calendar import Calendar, ClosingDay
from handoff.models.handoff import Episode, Handoff, JoinedLead
from handoff.models.nurture import NurtureChoice, NurtureRun, NurtureStep, NurtureTaken, NurtureTrack
from handoff.models.settings import Gate, HandoffRule, RejectReason, RoutingPointer, RoutingRule, SlaPolicy
from handoff.models.sla import Alert, Clock, Heartbeat, Lease, Pause, PauseLimits
from handoff.models.transition import StageEntry, StageTransition

__all__ = [
    "Alert",
    "Batch",
    "BatchLead",
    "Calendar",
    "Clock",
    "ClosingDay",
    "Episode",
    "Gate",
    "Handoff",
    "HandoffRule",
    "Heartbeat",
    "JoinedLead",
    "Lease",
    "NurtureChoice",
    "NurtureRun",
    "NurtureStep",
    "NurtureTaken",
    "NurtureTrack",
    "Pause",
    "PauseLimits",
    "RejectReason",
    "RoutingPointer",
    "RoutingRule",
    "SlaAgreement",
    "SlaConsent",
    "SlaPolicy",
    "StageEntry",
    "StageTransition",
]
