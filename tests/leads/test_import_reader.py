"""Files as strangers make them: encodings, separators, and those made to harm."""

import io
import struct
import threading
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from leads.imports import errors
from leads.imports.reader import SheetRow, reading

TEXT = "会社名,氏名\r\n㈱髙橋製作所,①田中 一郎\r\n"
PLAIN = "会社名,氏名\r\n東浜精工,田中 一郎\r\n"


def rows_of(path: Path, **options: object) -> list[SheetRow]:
    with reading(path, **options) as found:  # type: ignore[arg-type]
        return [row for chunk in found.chunks for row in chunk]


def written(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "list"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("text", "codec", "expected"),
    [
        (TEXT, "utf-8", "utf-8"),
        (TEXT, "utf-8-sig", "utf-8-sig"),
        (TEXT, "utf-16", "utf-16"),
        (TEXT, "utf-16-le", "utf-16-le"),
        (TEXT, "utf-16-be", "utf-16-be"),
        (TEXT, "cp932", "cp932"),
        (PLAIN, "euc_jp", "euc_jp"),
        (PLAIN, "iso2022_jp", "iso2022_jp"),
    ],
)
def test_encoding_is_found(tmp_path: Path, text: str, codec: str, expected: str) -> None:
    path = written(tmp_path, text.encode(codec))
    with reading(path) as found:
        assert found.encoding == expected
        assert [row.cells for chunk in found.chunks for row in chunk] == [
            line.split(",") for line in text.split("\r\n") if line
        ]


@pytest.mark.parametrize(
    "data",
    ["Name\nJosé\n".encode("cp1252"), b"a,b\n\xff\xff\xfe,\x81\n", b"\xef\xbb\xbfa,\xff\n", b"a\xed\xa0\x80,b\n"],
)
def test_encoding_that_cannot_be_told_is_asked_for(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(errors.EncodingUnknown):
        rows_of(written(tmp_path, data))


def test_encoding_can_be_chosen(tmp_path: Path) -> None:
    path = written(tmp_path, "Name\nJosé\n".encode("cp1252"))
    assert rows_of(path, encoding="cp1252")[1].cells == ["José"]
    with pytest.raises(errors.EncodingWrong):
        rows_of(path, encoding="utf-8")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_separator_is_found(tmp_path: Path, delimiter: str) -> None:
    lines = ["リスト 2 件", delimiter.join(["会社名", "氏名", "住所"]), delimiter.join(["東浜", "田中", '"a,b;c"'])]
    assert rows_of(written(tmp_path, "\n".join(lines).encode()))[2].cells == ["東浜", "田中", "a,b;c"]


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    path = written(tmp_path, b'a,b\n\n"x\ny",1\nz,2\n,,\nw,3\n')
    assert [(row.line, row.cells[0]) for row in rows_of(path)] == [(1, "a"), (3, "x\ny"), (4, "z"), (6, "w")]


def test_open_quote_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(errors.QuoteOpen) as caught:
        rows_of(written(tmp_path, b'a,b\n"1\n1",2\n"3,4\n5,6\n'))
    assert "4" in str(caught.value)
    with pytest.raises(errors.QuoteOpen):
        rows_of(written(tmp_path, b'a,b\n"' + b"x,y\n" * 100_000))


def test_workbook_values_keep_their_meaning(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("空")
        sheet = book.add_worksheet("名簿")
        day = book.add_format({"num_format": "yyyy/mm/dd"})
        sheet.write_row(1, 0, ["氏名", "人数", "日付", "電話"])
        sheet.write_row(3, 0, ["田中", 120, None, "0312345678"])
        sheet.write_number(3, 2, 46027, day)
    with reading(path) as found:
        assert (found.format, found.sheet, found.sheets) == ("xlsx", "名簿", ["空", "名簿"])
        rows = [row for chunk in found.chunks for row in chunk]
    assert rows == [
        SheetRow(2, ["氏名", "人数", "日付", "電話"], None),
        SheetRow(4, ["田中", "120", "2026-01-05", "0312345678"], None),
    ]


def test_cell_that_cannot_be_stored_is_a_fault_of_its_row(tmp_path: Path) -> None:
    path = written(tmp_path, b"a,b\nx\x00y,1\nz," + b"q" * 20_000 + b"\nw,2\n")
    rows = rows_of(path)
    assert [row.fault for row in rows] == [
        None,
        {"column": 0, "code": "unstorable"},
        {"column": 1, "code": "cell_too_long"},
        None,
    ]
    assert "\x00" not in rows[1].cells[0]
    assert len(rows[2].cells[1]) < 200


# -- made to harm -------------------------------------------------------------------------------
def workbook(sheet: bytes, *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A small workbook whose only sheet has this XML."""
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    package = "http://schemas.openxmlformats.org/package/2006"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{relation}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{relation}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets>'
            "</workbook>",
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{relation}/worksheet"'
            ' Target="worksheets/sheet1.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            f'<worksheet xmlns="{main}"><sheetData>'.encode() + sheet + b"</sheetData></worksheet>",
        )
    return out.getvalue()


def test_far_cell_is_refused_by_name(tmp_path: Path) -> None:
    data = workbook(b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    with pytest.raises(errors.FileRefused) as caught:
        rows_of(written(tmp_path, data))
    assert caught.value.code in {"far_cell", "too_many_rows"}


def test_small_workbook_of_that_kind_is_read(tmp_path: Path) -> None:
    data = workbook(b'<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="B2"><v>7</v></c></row>')
    assert [row.cells for row in rows_of(written(tmp_path, data))] == [["1"], ["", "7"]]


@pytest.fixture(scope="module")
def bomb() -> bytes:
    return workbook(b" " * (310 << 20))


def test_bomb_is_refused_before_it_unpacks(tmp_path: Path, bomb: bytes) -> None:
    with pytest.raises(errors.TooBigUnpacked):
        rows_of(written(tmp_path, bomb))


def test_bomb_that_lies_about_its_size_is_counted(tmp_path: Path, bomb: bytes) -> None:
    data = bytearray(bomb)
    name = b"xl/worksheets/sheet1.xml"
    directory = data.rindex(b"PK\x01\x02", 0, data.rindex(name))
    struct.pack_into("<I", data, directory + 24, 1000)
    with pytest.raises(errors.PackedToHarm):
        rows_of(written(tmp_path, bytes(data)))


def test_bomb_below_the_limit_is_known_by_how_tightly_it_is_packed(tmp_path: Path) -> None:
    with pytest.raises(errors.PackedToHarm):
        rows_of(written(tmp_path, workbook(b"<row><c><v>1</v></c></row>" * 1_500_000)))


def test_rows_handled_slowly_are_not_held_against_the_file(tmp_path: Path) -> None:
    with reading(written(tmp_path, b"a,b\n" * 20_000), seconds=30) as found:
        next(found.chunks)
        alarms = [one for one in threading.enumerate() if isinstance(one, threading.Timer)]
        assert all(alarm.finished.is_set() for alarm in alarms), "nobody waits for the child now"


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", errors.Empty),
        (b"\n\n,,\n", errors.Empty),
        (b"PK\x03\x04" + b"x" * 50, errors.WorkbookDamaged),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", errors.OldWorkbook),
        (b"%PDF-1.7\n", errors.NotASheet),
        (b",".join([b"x"] * 201), errors.TooManyColumns),
        (b"x\n" * 200_101, errors.TooManyRows),
    ],
)
def test_file_that_is_no_list_is_refused(tmp_path: Path, data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        rows_of(written(tmp_path, data))


def test_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(errors.NotASheet):
        rows_of(written(tmp_path, out.getvalue()))


def test_child_that_is_late_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(errors.TooDemanding):
        rows_of(written(tmp_path, b"a,b\n" * 150_000), seconds=0)


def test_row_of_many_places_stays_within_memory(tmp_path: Path) -> None:
    cells = b"".join(b'<row r="%d"><c r="GR%d"><v>1</v></c></row>' % (row, row) for row in (1, 100_000))
    with pytest.raises(errors.TooDemanding):
        rows_of(written(tmp_path, workbook(cells)))
