"""The sample company: twelve believable months, made through the services alone."""
