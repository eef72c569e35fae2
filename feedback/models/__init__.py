from feedback.models.answer_check import AnswerCheck, AnswerCheckReminder
from feedback.models.feedback import Feedback
from feedback.models.opportunity import Opportunity

__all__ = ["AnswerCheck", "AnswerCheckReminder", "Feedback", "Opportunity"]
