from feedback.models.feedback import Feedback
from feedback.models.opportunity import Opportunity

__all__ = ["Feedback", "Opportunity"]
