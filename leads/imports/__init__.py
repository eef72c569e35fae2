"""Reading spreadsheets that strangers made: in a child process with limits, as text, row by row."""
