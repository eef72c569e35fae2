"""The counts that this app hangs on places of the menu."""

from accounts import navigation
from handoff.web import gaps, inbox

navigation.count("gaps", gaps.menu_count)
navigation.count("inbox", inbox.menu_count)
