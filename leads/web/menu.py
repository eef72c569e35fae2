"""The counts that this app hangs on places of the menu."""

from accounts import navigation
from leads.web import duplicates

navigation.count("duplicates", duplicates.menu_count)
