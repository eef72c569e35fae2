"""The words for stages, outcomes, phases and temperatures that people write into sheets."""

from django.utils.translation import get_language

from leads.domain.choices import Phase, Seniority, Stage
from leads.domain.import_cells import plain
from leads.domain.import_faults import CellFault

STAGES = {stage.value: stage.value for stage in Stage} | {
    "リード": "lead", "見込み": "lead", "見込み客": "lead", "新規": "lead",
    "商談": "opportunity", "商談中": "opportunity", "商談化": "opportunity",
    "案件": "opportunity", "案件化": "opportunity",
    "受注": "won", "成約": "won", "契約": "won", "契約済": "won",
    "closed won": "won", "closedwon": "won", "customer": "won",
    "失注": "lost", "closed lost": "lost", "closedlost": "lost",
    "育成": "nurture", "育成中": "nurture", "ナーチャリング": "nurture",
    "対象外": "disqualified", "unqualified": "disqualified",
}  # fmt: skip
# What the two flags of a lead say in the words of their own columns, besides yes and no.
FLAGS = {
    "opted_out": {
        "配信停止": True, "配信停止済": True, "配信停止済み": True, "配信不可": True, "停止": True, "unsubscribed": True,
        "opted out": True, "opt-out": True, "配信可": False, "配信中": False, "subscribed": False,
    },
    "do_not_contact": {
        "連絡不可": True, "連絡禁止": True, "接触禁止": True, "ng": True, "do not contact": True, "dnc": True,
        "連絡可": False, "ok": False,
    },
}  # fmt: skip
OUTCOMES = {
    "won": "won", "lost": "lost", "open": "open", "受注": "won", "成約": "won", "契約": "won", "closed won": "won",
    "失注": "lost", "closed lost": "lost", "商談中": "open", "商談": "open", "商談化": "open", "進行中": "open",
    "検討中": "open", "継続検討": "open",
    "1": "won", "true": "won", "yes": "won", "はい": "won", "○": "won", "◯": "won", "〇": "won", "済": "won",
    "0": "lost", "false": "lost", "no": "lost", "いいえ": "lost", "×": "lost",
}  # fmt: skip
PHASES = {phase.value: phase.value for phase in Phase} | {
    "情報収集": "gathering", "情報収集中": "gathering", "比較検討": "comparing", "比較検討中": "comparing",
    "比較": "comparing",
    "稟議": "approving", "稟議中": "approving", "決裁中": "approving",
}  # fmt: skip
SENIORITIES = {level.value: level.value for level in Seniority} | {
    "一般社員": "staff", "一般": "staff", "主任": "chief", "係長": "assistant_manager", "課長": "manager",
    "部長": "director",
    "役員": "executive", "社長": "president",
    "assistant manager": "assistant_manager", "manager (section)": "manager", "director (department)": "director",
}  # fmt: skip
TEMPERATURES = {
    "高": 5, "中": 3, "低": 1, "a": 5, "b": 3, "c": 1, "hot": 5, "warm": 3, "cold": 1, "高い": 5, "低い": 1,
    "ふつう": 3, "普通": 3,
}  # fmt: skip
# What 対応状況 says about where a lead stands; everything else is kept as a note.
_STATUS = {
    "受注": "won", "成約": "won", "失注": "lost", "商談中": "open", "商談化": "open", "商談": "open", "案件化": "open",
}  # fmt: skip


def understand_word(text: str, words: dict[str, str], code: str) -> str:
    """The value that the word stands for. Raises CellFault with that code."""
    value = words.get(plain(text).lower())
    if value is None:
        raise CellFault(code)
    return value


def understand_temperature(text: str) -> int:
    """1 to 5, or 高 / 中 / 低. Raises CellFault `temperature`."""
    value = plain(text).lower()
    if value in TEMPERATURES:
        return TEMPERATURES[value]
    if value in {"1", "2", "3", "4", "5"}:
        return int(value)
    raise CellFault("temperature")


def outcome_of_status(text: str) -> str:
    """won, lost or open where 対応状況 says so plainly, else ''."""
    return _STATUS.get(plain(text), "")


def seniority_word(value: str) -> str:
    """A word for the seniority that the importer takes back: 課長 for manager, in English as the pages say it."""
    if get_language() == "en":
        return str(Seniority(value).label)
    return next((word for word, level in SENIORITIES.items() if level == value and word != value), value)
