"""What a fault came to: what was tried, what had to hold, and what was seen."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    """One row of docs/reliability.md."""

    fault: str
    tried: str
    seen: str
    held: bool

    def row(self, engine: str) -> str:
        return f"| {self.fault} | {engine} | {self.tried} | {self.seen} | {'held' if self.held else '**broken**'} |"
