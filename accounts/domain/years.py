"""Which years a day or moment may lie in that people or machines enter: both engines and every time zone hold them."""

FIRST_YEAR, LAST_YEAR = 1900, 2200
