from scoring.models.history import ScoreHistory
from scoring.models.model import Agreement, PublicationRequest, Rule, ScoringModel
from scoring.models.recompute import RecomputeRange, RecomputeRun

__all__ = [
    "Agreement",
    "PublicationRequest",
    "RecomputeRange",
    "RecomputeRun",
    "Rule",
    "ScoreHistory",
    "ScoringModel",
]
