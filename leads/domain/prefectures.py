"""The prefectures of Japan: their one name, and where an address begins with it."""

from django.utils.translation import get_language

from leads.domain.text_folding import tidy

_ROMAN = (
    "hokkaido aomori iwate miyagi akita yamagata fukushima ibaraki tochigi gunma saitama chiba tokyo kanagawa niigata "
    "toyama ishikawa fukui yamanashi nagano gifu shizuoka aichi mie shiga kyoto osaka hyogo nara wakayama tottori "
    "shimane okayama hiroshima yamaguchi tokushima kagawa ehime kochi fukuoka saga nagasaki kumamoto oita miyazaki "
    "kagoshima okinawa"
).split()
PREFECTURES = tuple(
    (
        "北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県 新潟県 "
        "富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 "
        "島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 "
        "鹿児島県 沖縄県"
    ).split()
)
_BY_NAME = (
    {name: name for name in PREFECTURES}
    | {name[:-1]: name for name in PREFECTURES if name != "北海道"}
    | dict(zip(_ROMAN, PREFECTURES, strict=True))
    | {str(number): name for number, name in enumerate(PREFECTURES, start=1)}
    | {f"{number:02}": name for number, name in enumerate(PREFECTURES, start=1)}
)
IN_LATIN = {name: roman.capitalize() for name, roman in zip(PREFECTURES, _ROMAN, strict=True)}
_ENDINGS = ("-ken", " prefecture", "-to", "-fu", "-shi", " ken", " to", " fu")


def prefecture(text: str) -> str:
    """東京, Tokyo, Tokyo-to or 13 as 東京都; '' when it is none of Japan."""
    name = tidy(text).casefold().replace("ō", "o").replace("ū", "u")
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    return _BY_NAME.get(name.replace(" ", ""), "")


def shown(stored: str) -> str:
    """東京都, or Tokyo for who doesn't read Japanese; any other place as it is written."""
    is_japanese = (get_language() or "ja").startswith("ja")
    return stored if is_japanese else IN_LATIN.get(stored, stored)


def prefecture_of(address: str) -> str:
    """The prefecture with which an address begins, behind a postal code too; '' when it doesn't say one."""
    begins = tidy(address).lstrip("〒0123456789- ")
    return next((name for name in PREFECTURES if begins.startswith(name)), "")
