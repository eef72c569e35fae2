from scoring.models.history import ScoreHistory
from scoring.models.model import Agreement, Rule, ScoringModel
from scoring.models.recompute import RecomputeRange, RecomputeRun

__all__ = ["Agreement", "RecomputeRange", "RecomputeRun", "Rule", "ScoreHistory", "ScoringModel"]
