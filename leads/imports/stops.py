"""How the child gives up: a code and the values of its sentence, which only the parent words."""


class Stop(Exception):
    """Raised inside the child process; becomes the named error of that code in the parent."""

    def __init__(self, code: str, **values: object):
        self.code = code
        self.values = values
        super().__init__(code)
