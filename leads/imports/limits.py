"""The caps of an upload; beyond them it is refused in one sentence, before anything grows."""

FILE_BYTES = 50 * 1024 * 1024
ROWS = 200_000
COLUMNS = 200
CELL_BYTES = 10_000

# A quoted cell longer than this is a quotation mark that nobody closed.
FIELD_CHARACTERS = 128 * 1024
# What a workbook may unpack to, and how many places (rows × columns) its sheet may span.
UNPACKED_BYTES = 300 * 1024 * 1024
ZIP_ENTRIES = 2_000
# Lists pack to a tenth, seldom to a fiftieth. Beyond this, once it is large, it was made to harm.
PACKED_RATIO = 100
PACKED_FREELY = 32 * 1024 * 1024
PLACES = 8_000_000

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 60
WALL_SECONDS = 120
CHUNK_ROWS = 250
# A chunk of long rows ends early, so that neither process ever holds more than a few of them.
CHUNK_CHARACTERS = 4_000_000
