"""The one way in which a cell says that it can't be understood."""

# Why a row is held although nothing speaks against its being somebody new.
MAY_BE_NEW = frozenset({"namesake", "other_prefecture", "other_address"})


class CellFault(Exception):
    """`code` names the reason for good, `values` fill its sentence (leads.imports.sentences)."""

    def __init__(self, code: str, **values: object):
        self.code = code
        self.values = values
        super().__init__(code)
