"""How the sample's people decide: what is drawn by chance, weighted by how much is in a lead."""

from random import Random

from integrations.sample.script import Character

REJECTS = [
    ("not_now", 34),
    ("missing_information", 22),
    ("no_budget", 14),
    ("unreachable", 12),
    ("wrong_contact", 8),
    ("wrong_person", 6),
    ("out_of_scope", 4),
]


class Habits:
    """One draw each; `characters` says who is behind a lead."""

    def __init__(self, random: Random):
        self.random = random
        self.characters: dict[int, Character] = {}

    def pick(self, weighted: list[tuple[str, float]]) -> str:
        """One of these, by weight."""
        return self.random.choices([value for value, _w in weighted], [weight for _v, weight in weighted])[0]

    def draw(self, mean: float) -> float:
        """A waiting time: mostly short, with a long tail."""
        return self.random.expovariate(1 / mean)

    def worth(self, lead_id: int) -> float:
        """How much is in this lead (0 to 1)."""
        character = self.characters.get(lead_id)
        return character.worth if character else 0.5

    def forgets(self) -> bool:
        """Whether an offer is left lying until somebody else gets it: one in fourteen is."""
        return self.random.random() < 0.07

    def gives_back(self, lead_id: int) -> bool:
        """Whether an offer is given back: the less is in it, the likelier."""
        return self.random.random() < 0.36 * (1.25 - self.worth(lead_id))

    def reject_reason(self) -> str:
        """Why it is given back."""
        return self.pick(REJECTS)

    def hands_on(self, lead_id: int) -> bool:
        """Whether inside sales hand a lead on once they have asked it; else it is put aside."""
        return self.random.random() < 0.4 + 0.6 * self.worth(lead_id)

    def days_of_rest(self) -> int:
        """For how long it is put aside."""
        return self.random.randrange(40, 160)

    def first_result(self, lead_id: int) -> str:
        """What field sales report after the first talks."""
        worth = self.worth(lead_id)
        return self.pick([("opportunity", 20 + 60 * worth), ("considering", 30), ("lost", 35 * (1 - worth))])

    def days_to_close(self) -> float:
        """Working days from the opportunity to its end."""
        return self.random.uniform(8, 38)
