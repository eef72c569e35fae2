"""What each rule of the published models told: replayed on the values frozen at each episode's offer."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from handoff.models import Episode
from handoff.queries import facts
from leads.domain.condition_fields import Registry
from leads.queries import conditions
from reports.domain.outcomes import Outcomes, Split
from reports.queries import score_outcome
from reports.queries.scope import Question
from scoring.domain import reading
from scoring.domain.formula import ModelSpec, RuleSpec
from scoring.queries import specs

# A share of so many is known to two points, and reading them keeps no page waiting.
MOST_REPLAYED = 2000


@dataclass(frozen=True)
class RuleTold:
    """One rule of a model, and the episodes of that model with it and without."""

    model: ModelSpec
    rule: RuleSpec
    split: Split


@dataclass(frozen=True)
class RulesTold:
    """`replayed` of `episodes` (the newest ones) had their values kept and were read."""

    rules: list[RuleTold]
    replayed: int
    episodes: int


def rules_told(question: Question, *, most: int = MOST_REPLAYED) -> RulesTold:
    """Each rule of the published models, in their order; a constant number of queries.

    A rule matched when it gave or took points. An episode counts for the first model that applied to it then.
    """
    known = conditions.registry()
    models = specs.published(known)
    # How many episodes with which results, by model and rule; without a rule all of the model.
    tallies: Counter[tuple[int, str, tuple[bool, ...]]] = Counter()
    replayed = episodes = 0
    names = ("facts", "became_opportunity", "is_won", "is_lost", "is_rejected")
    newest = score_outcome.with_results(question).order_by("-offered_at", "-pk").values_list(*names)[:most]
    for kept, *results in newest.iterator(chunk_size=200):
        episodes += 1
        if (read := matched_in(kept, models, known)) is None:
            continue
        model, rules = read
        replayed += 1
        tallies.update((model.id, key, tuple(results)) for key in ("", *(rule.key for rule in rules)))
    found: dict[tuple[int, str], Outcomes] = defaultdict(Outcomes)
    for (model_id, key, results), number in tallies.items():
        found[model_id, key] += Outcomes(number, *(number * bool(result) for result in results))
    rows = [
        RuleTold(model, rule, Split(found[model.id, rule.key], found[model.id, ""]))
        for model in models
        for rule in model.rules
    ]
    return RulesTold(rows, replayed, episodes)


def matched_in(kept: dict, models: list[ModelSpec], known: Registry) -> tuple[ModelSpec, list[RuleSpec]] | None:
    """The model that applies to frozen values, and its rules that gave or took points; None where nothing was kept."""
    thawed = facts.thawed(kept, known=known)
    if thawed is None:
        return None
    told = reading.read(models, thawed[0], on=thawed[1], registry=known)
    return (told.model, [one.rule for one in told.rules if one.points]) if told.model else None


def matched_by_episode(episodes: Iterable[Episode]) -> dict[int, list[RuleSpec]]:
    """The published rules that matched at the offer, by episode: for a few of them, whose `facts` are loaded."""
    known = conditions.registry()
    models = specs.published(known)
    found = {episode.pk: matched_in(episode.facts, models, known) for episode in episodes}
    return {pk: read[1] for pk, read in found.items() if read is not None}
