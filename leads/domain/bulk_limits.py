"""How many leads one bulk action takes, and how many of them at once."""

MOST = 10_000
# So many are done within the request; a worker takes more, in chunks of this size.
AT_ONCE = 500
