"""Makes the importer's corpus: more than two hundred odd, damaged and hostile files, each with what must come of it."""

import io
import random
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

import xlsxwriter

HEADER = ["会社名", "氏名", "メール", "電話", "獲得日", "従業員数"]
GOOD = [
    ["株式会社東浜", "田中 一郎", "t@example.jp", "03-1234-5678", "2026/1/5", "120名"],
    ["㈱髙橋製作所", "鈴木 花", "h@example.jp", "090-2222-3333", "令和8年2月1日", "101〜300名"],
    ["西浜電機(有)", "佐藤 次郎", "j@example.jp", "0312345678", "2026-03-04", ""],
]
DAMAGE = [
    (["東浜", "甲", "1@example.jp", "312345678", "46027", "1,200"], ""),
    (["東浜", "乙", "2@example.jp", "1.23E+10", "2026/1/5", "10"], "shortened"),
    (["東浜", "丙", "3@example.jp", "", "1/2/2026", "10"], "date_order"),
    (["東浜", "丁", "4@example", "", "", ""], "email"),
    (["東浜", "戊", "5@example.jp", "電話なし番号", "", ""], "phone"),
    (["東浜", "己", "6@example.jp", "", "2026/13/1", ""], "date"),
    (["東浜", "庚", "7@example.jp", "", "2199/1/1", ""], "future"),
    (["東浜", "辛", "8@example.jp", "", "", "たくさん"], "employees"),
    (["東浜", "", "", "", "", "10"], "nobody"),
    (["合計", "", "", "", "", "1,240名"], "total_row"),
    (["記入例）東浜", "田中 一郎", "x", "", "", ""], "example_row"),
    (["=cmd|' /C calc'!A0", "=1+1", "9@example.jp", "", "", ""], ""),
    (["<script>alert(1)</script>", "壬", "10@example.jp", "", "", ""], ""),
    (["東浜", "癸" * 200, "11@example.jp", "", "", ""], "too_long"),
    (["\u202e東浜", "e\u0301 \U0001f600", "12@example.jp", "", "", ""], ""),
]
CODECS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932", "euc_jis_2004", "iso2022_jp_2004")


@dataclass(frozen=True)
class Made:
    """`rows`: per data row its line and fault ('' for none); `stops`: codes of which one must refuse the file."""

    name: str
    data: bytes
    rows: list[tuple[int, str]] = field(default_factory=list)
    stops: frozenset[str] = frozenset()
    # Whatever comes of it: rows that add up, or a named refusal.
    anything: bool = False


def corpus() -> list[Made]:
    """All files, always the same ones."""
    makers: list[Callable[[], Iterator[Made]]] = [
        _encodings, _shapes, _cells, _broken_texts, _workbooks, _cut_workbooks, _flipped, _parts, _zips, _sheets
    ]  # fmt: skip
    return [made for maker in makers for made in maker()]


def text(rows: list[list[str]], *, delimiter: str = ",", end: str = "\r\n") -> str:
    """As a spreadsheet writes it: quoted where needed."""

    def cell(value: str) -> str:
        quoted = any(char in value for char in f'{delimiter}"\r\n')
        return '"' + value.replace('"', '""') + '"' if quoted else value

    return end.join(delimiter.join(map(cell, row)) for row in rows) + end


def _fine(count: int, first: int = 2) -> list[tuple[int, str]]:
    return [(first + number, "") for number in range(count)]


# -- texts --------------------------------------------------------------------------------------
def _encodings() -> Iterator[Made]:
    for codec in CODECS:
        for name, delimiter in (("comma", ","), ("tab", "\t"), ("semicolon", ";")):
            for end in ("\r\n", "\n", "\r"):
                # The old encodings have no 髙 and no ㈱.
                written = GOOD if "utf" in codec or codec == "cp932" else [GOOD[0], GOOD[2]]
                data = text([HEADER, *written], delimiter=delimiter, end=end).encode(codec)
                yield Made(f"{codec}-{name}-{end!r}", data, _fine(len(written)))


def _shapes() -> Iterator[Made]:
    base = [HEADER, *GOOD]
    titles = [["展示会リード一覧"], ["合計 3 件"], ["社外秘"], [""]]
    for count in range(1, 5):
        yield Made(f"titles-{count}", text([*titles[:count], *base]).encode(), _fine(3, 2 + count))
    yield Made("blank lines", ("\n\n" + text(base, end="\n\n")).encode(), [(5, ""), (7, ""), (9, "")])
    yield Made("trailing commas", text([row + ["", "", ""] for row in base]).encode(), _fine(3))
    yield Made("short rows", text([HEADER, ["東浜", "甲"], ["東浜", "乙", "b@example.jp"]]).encode(), _fine(2))
    yield Made("long row", text([HEADER, [*GOOD[0], "x"], GOOD[1]]).encode(), [(2, "too_many_cells"), (3, "")])
    line_breaks = [HEADER, ["東浜\n本社", "甲", "", "", "", ""], GOOD[1]]
    yield Made("line break in a cell", text(line_breaks).encode(), [(2, ""), (3, "")])
    yield Made("quotes", text([HEADER, ['東浜"本社",2課', "甲 乙", "", "", "", ""]]).encode(), _fine(1))
    yield Made("same header twice", text([[*HEADER, "氏名"], [*GOOD[0], "別"]]).encode(), _fine(1))
    yield Made("nameless column", text([[*HEADER, ""], [*GOOD[0], "別"]]).encode(), _fine(1))
    yield Made("no end of line", text(base).encode().rstrip(), _fine(3))
    yield Made(
        "wide names",
        text([[" 会社名 ", "氏　名", "E-ｍａｉｌ", "ＴＥＬ", "獲得日", "従業員数"], *GOOD]).encode(),
        _fine(3),
    )
    yield Made("one column", "メール\na@example.jp\nb@example.jp\n".encode(), _fine(2))
    yield Made("many columns", text([[*HEADER, *(f"列{n}" for n in range(190))], GOOD[0]]).encode(), _fine(1))
    many = [["東浜", f"担当{n}", f"p{n}@example.jp", "", "", ""] for n in range(3000)]
    yield Made("three thousand rows", text([HEADER, *many]).encode(), _fine(3000))
    yield Made("null bytes at the end", text(base).encode() + b"\x00" * 40, [*_fine(3), (5, "unstorable")])
    yield Made("separator line", b"sep=,\r\n" + text(base).encode(), _fine(3, 3))


def _cells() -> Iterator[Made]:
    for number, (row, code) in enumerate(DAMAGE):
        for codec in ("utf-8", "utf-16"):
            yield Made(f"cell-{number}-{codec}", text([HEADER, GOOD[0], row]).encode(codec), [(2, ""), (3, code)])
    odd = {"nul": ("\x00", "unstorable"), "bell": ("\x07", "unstorable"), "escape": ("\x1b[0m", "unstorable")}
    odd |= {"zero width": ("\u200b", ""), "no-break": ("\xa0", ""), "tab": ("\t", ""), "line": ("\u2028", "")}
    for name, (mark, code) in odd.items():
        yield Made(
            f"mark-{name}", text([HEADER, ["東浜" + mark, "甲", "a@example.jp", "", "", ""]]).encode(), [(2, code)]
        )
    for size, code in ((9_000, "too_long"), (10_001, "cell_too_long"), (120_000, "cell_too_long")):
        yield Made(f"cell of {size}", text([HEADER, ["x" * size, "甲", "", "", "", ""]]).encode(), [(2, code)])
    yield Made("every fault at once", text([HEADER, *(row for row, _ in DAMAGE)]).encode(), [
        (number, code) for number, (_, code) in enumerate(DAMAGE, start=2)
    ])  # fmt: skip


def _broken_texts() -> Iterator[Made]:
    base = text([HEADER, *GOOD]).encode()
    stops = {
        "nothing": (b"", "empty"),
        "only blanks": (b" \n,,\n\t\n", "empty header_missing"),
        "only a mark": (b"\xef\xbb\xbf", "empty"),
        "only a header": (text([HEADER]).encode(), "empty"),
        "only figures": (b"1,2,3\n4,5,6\n", "header_missing"),
        "open quote": (base + b'"never closed,\n' + base, "quote_open"),
        "open quote at once": (b'"' + base * 300, "quote_open header_missing"),
        "two encodings": (base + "髙橋\n".encode("cp932"), "encoding_unknown"),
        "cut letter": (
            base[: base.rindex("東".encode()[:1]) + 1] if "東".encode()[:1] in base else base,
            "encoding_unknown",
        ),
        "surrogate": (base + b"\xed\xa0\x80,x\n", "encoding_unknown"),
        "western": ("Name,Email\nJosé,a@example.jp\n".encode("cp1252"), "encoding_unknown"),
        "too many columns": (b",".join([b"x"] * 201), "too_many_columns header_missing"),
        "pdf": (b"%PDF-1.7\n" + base, "not_a_sheet"),
        "png": (b"\x89PNG\r\n\x1a\n" + base, "not_a_sheet"),
        "gzip": (b"\x1f\x8b\x08" + base, "not_a_sheet"),
        "rich text": (b"{\\rtf1 x}", "not_a_sheet"),
        "old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + base, "old_workbook"),
    }
    for name, (data, codes) in stops.items():
        yield Made(name, data, stops=frozenset(codes.split()))
    shuffled = random.Random(7)
    for number in range(20):
        noise = bytes(shuffled.randrange(256) for _ in range(shuffled.choice([3, 50, 4000])))
        yield Made(f"noise-{number}", noise, anything=True)
    for number in range(20):
        data = bytearray(base)
        for _ in range(shuffled.randrange(1, 12)):
            data[shuffled.randrange(len(data))] = shuffled.randrange(256)
        yield Made(f"text with wrong bytes-{number}", bytes(data), anything=True)


# -- workbooks ----------------------------------------------------------------------------------
def book(
    rows: list[list[object]], *, hidden: bool = False, start: tuple[int, int] = (0, 0), **options: object
) -> bytes:
    """A workbook as xlsxwriter makes it."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy/mm/dd", **options}) as made:
        sheet = made.add_worksheet("名簿")
        if hidden:
            other = made.add_worksheet("隠し")
            other.write_row(0, 0, HEADER)
            other.write_row(1, 0, GOOD[0])
            other.hide()
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                sheet.write(start[0] + number, start[1] + place, cell)
    return out.getvalue()


def _workbooks() -> Iterator[Made]:
    good: list[list[object]] = [HEADER, *GOOD]
    yield Made("workbook", book(good), _fine(3))
    yield Made("workbook with a hidden sheet", book(good, hidden=True), _fine(3))
    yield Made("workbook that begins lower", book(good, start=(4, 0)), _fine(3, 6))
    yield Made("workbook that begins to the right", book(good, start=(0, 3)), _fine(3))
    yield Made("workbook in constant memory", book(good, constant_memory=True), _fine(3))
    yield Made(
        "workbook with 1904 dates",
        book([HEADER, ["東浜", "甲", "", "", date(2026, 1, 5), 3]], date_1904=True),
        _fine(1),
    )
    typed = ["東浜", "甲", "a@example.jp", 9012345678, datetime(2026, 1, 5, 9, 30), 120.0]  # noqa: DTZ001 (sheets have no zone)
    yield Made("typed cells", book([HEADER, typed]), _fine(1))
    yield Made("shortened number", book([HEADER, ["東浜", "甲", "", 1.23e15, "", ""]]), [(2, "shortened")])
    yield Made("yes and no", book([[*HEADER, "配信停止"], [*GOOD[0], True], [*GOOD[1], False]]), _fine(2))
    yield Made("formulas", book([HEADER, ["東浜", "=A1", "a@example.jp", "", "", "=1+1"]]), [(2, "")])
    yield Made("total below", book([*good, ["合計", "", "", "", "", 421]]), [*_fine(3), (5, "total_row")])
    yield Made("blank rows between", book([HEADER, [], GOOD[0], [], [], GOOD[1]]), [(3, ""), (6, "")])
    yield Made("titles above", book([["一覧"], ["2026年度"], [], *good]), _fine(3, 5))
    yield Made("long cell", book([HEADER, ["x" * 20_000, "甲", "", "", "", ""]]), [(2, "cell_too_long")])
    yield Made("empty workbook", book([]), stops=frozenset({"empty"}))
    yield Made(
        "one far cell",
        book([HEADER, GOOD[0]]) and book([HEADER], start=(1_000_000, 0)),
        stops=frozenset({"too_many_rows", "far_cell", "empty"}),
    )
    yield Made("far to the right", book(good, start=(0, 16_000)), stops=frozenset({"far_cell", "too_many_columns"}))


def _cut_workbooks() -> Iterator[Made]:
    whole = book([HEADER, *GOOD])
    for part in range(1, 21):
        yield Made(
            f"workbook cut at {part} of 21",
            whole[: len(whole) * part // 21],
            stops=frozenset({"workbook_damaged", "not_a_sheet"}),
        )


def _flipped() -> Iterator[Made]:
    shuffled = random.Random(11)
    whole = book([HEADER, *GOOD])
    for number in range(40):
        data = bytearray(whole)
        for _ in range(shuffled.randrange(1, 20)):
            data[shuffled.randrange(len(data))] ^= 1 << shuffled.randrange(8)
        yield Made(f"workbook with wrong bits-{number}", bytes(data), anything=True)


def _parts() -> Iterator[Made]:
    """A part missing, doubled, emptied or filled with noise."""
    whole = book([HEADER, *GOOD])
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    for name in parts:
        rest = {key: value for key, value in parts.items() if key != name}
        yield Made(f"without {name}", zipped(rest), anything=True)
        yield Made(f"empty {name}", zipped(parts | {name: b""}), anything=True)
        yield Made(f"noise in {name}", zipped(parts | {name: bytes(range(256)) * 4}), anything=True)
        yield Made(f"half of {name}", zipped(parts | {name: parts[name][: len(parts[name]) // 2]}), anything=True)
    bomb = b'<!DOCTYPE x [<!ENTITY a "' + b"ha" * 200 + b'">' + b"".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 20}">'.encode() for n in range(10)
    ) + b"]>"  # fmt: skip
    outside = b'<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    for name, begin in (("expanding entities", bomb), ("outside entity", outside)):
        strings = parts["xl/sharedStrings.xml"].replace(b"?>", b"?>" + begin, 1).replace("東浜".encode(), b"&k;&x;")
        yield Made(name, zipped(parts | {"xl/sharedStrings.xml": strings}), anything=True)


def zipped(parts: dict[str, bytes]) -> bytes:
    """The parts as a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def _zips() -> Iterator[Made]:
    no_sheet = frozenset({"not_a_sheet", "workbook_damaged"})
    yield Made("zip of a text", zipped({"hello.txt": b"hello"}), stops=no_sheet)
    yield Made("zip of a workbook", zipped({"book.xlsx": book([HEADER])}), stops=no_sheet)
    yield Made("empty zip", zipped({}), stops=no_sheet)
    yield Made(
        "names that climb", zipped({"../../etc/passwd": b"x", "[Content_Types].xml": b"<Types/>"}), stops=no_sheet
    )
    yield Made(
        "thousands of entries",
        zipped({f"xl/{n}.xml": b"" for n in range(2500)} | {"[Content_Types].xml": b""}),
        stops=frozenset({"too_many_parts"}),
    )
    yield Made("letter of no zip", b"PK\x03\x04" + zlib.compress(b"x" * 5000), stops=no_sheet)
    locked = bytearray(book([HEADER, *GOOD]))
    place = locked.index(b"PK\x01\x02")
    while place != -1:
        locked[place + 8] |= 1
        place = locked.find(b"PK\x01\x02", place + 4)
    yield Made("locked zip", bytes(locked), stops=frozenset({"old_workbook", "workbook_damaged"}))


def _sheets() -> Iterator[Made]:
    """Sheets whose XML says odd things about places and values."""
    whole = book([HEADER, *GOOD])
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    name = "xl/worksheets/sheet1.xml"
    odd = {
        "row nought": (b'r="A2"', b'r="A0"'),
        "row beyond": (b'r="A2"', b'r="A99999999"'),
        "column beyond": (b'r="B2"', b'r="ZZZ2"'),
        "place without a letter": (b'r="B2"', b'r="2"'),
        "place without a figure": (b'r="B2"', b'r="B"'),
        "rows backwards": (b'<row r="3"', b'<row r="1"'),
        "string index beyond": (b"<v>0</v>", b"<v>99999</v>"),
        "string index below": (b"<v>0</v>", b"<v>-1</v>"),
        "endless number": (b"<v>0</v>", b"<v>1e999</v>"),
        "no number": (b"<v>0</v>", b"<v>NaN</v>"),
        "unknown type": (b't="s"', b't="zz"'),
        "error cell": (b't="s"', b't="e"'),
        "date cell": (b't="s"', b't="d"'),
        "dimension lies": (b'ref="A1:F4"', b'ref="A1:XFD1048576"'),
        "dimension is none": (b'ref="A1:F4"', b'ref="??"'),
        "unclosed": (b"</sheetData>", b""),
        "deep": (b"<sheetData>", b"<sheetData>" + b"<a>" * 20_000),
        "a million spaces": (b"<sheetData>", b"<sheetData>" + b" " * 1_000_000),
        "merged beyond": (b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
        "merged nonsense": (
            b"</sheetData>",
            b'</sheetData><mergeCells><mergeCell ref="B2:A1"/><mergeCell ref="x"/></mergeCells>',
        ),
        "other namespace": (b"spreadsheetml/2006/main", b"spreadsheetml/1999/main"),
    }
    for label, (old, new) in odd.items():
        yield Made(f"sheet: {label}", zipped(parts | {name: parts[name].replace(old, new)}), anything=True)
