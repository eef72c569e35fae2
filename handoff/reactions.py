"""Which events of other apps make this app do what, within the transaction or after commit."""

from handoff.services import contacts
from leads import hooks

hooks.on_activities.append(contacts.note_logged)
