"""Addresses of results and deals."""

from django.urls import path

from feedback.web import feedback, opportunities, results

urlpatterns = [
    path("results/", results.ResultsPage.as_view(), name="results"),
    path("handoffs/<int:pk>/feedback/", feedback.FeedbackPage.as_view(), name="feedback-form"),
    path("opportunities/", opportunities.OpportunitiesPage.as_view(), name="opportunities"),
    path("opportunities/<int:pk>/", opportunities.OpportunityPage.as_view(), name="opportunity"),
    path("leads/<int:pk>/opportunity/", opportunities.NewOpportunityPage.as_view(), name="new-opportunity"),
]
