"""The column names met in the wild, per field; compared after `header_key`. A later field wins a name of two."""

from leads.domain.import_names_of_activities import ACTIVITIES
from leads.domain.import_names_of_companies import COMPANIES
from leads.domain.import_names_of_people import PEOPLE
from leads.domain.import_names_of_progress import PROGRESS

SYNONYMS: dict[str, tuple[str, ...]] = PEOPLE | COMPANIES | PROGRESS | ACTIVITIES
