"""What ./run does once Python's packages are there: set up, start and keep the processes, test, back up."""
