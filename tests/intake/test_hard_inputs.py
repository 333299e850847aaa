"""Files that are no tables, tables that hold nonsense: one sentence each, and the base as it was."""

from __future__ import annotations

import gzip
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.intake import files

pytestmark = pytest.mark.django_db
GOOD = "1;01.02.2026;Ромашка;Чай;1;10;10"


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def bomb(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        with packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _block in range(120):
                sheet.write(b"<c>" * 350_000)
    return path


def laughs(path: Path) -> Path:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    text = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{entities}]>'
    text += "<КоммерческаяИнформация>&a11;</КоммерческаяИнформация>"
    return written(path, text.encode())


def outside(path: Path) -> Path:
    text = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><КоммерческаяИнформация><Документ>'
        "<Номер>&e;</Номер></Документ></КоммерческаяИнформация>"
    )
    return written(path, text.encode())


def huge_cell(path: Path) -> Path:
    with path.open("wb") as file:
        file.write(f"{files.HEAD}\n1;01.02.2026;".encode())
        for _block in range(300):
            file.write(b"x" * (1 << 20))
        file.write(b";T;1;1;1\n")
    return path


def quoted_huge_cell(path: Path) -> Path:
    with path.open("wb") as file:
        file.write(f'{files.HEAD}\n1;01.02.2026;"'.encode())
        file.writelines([b"x" * 1000 + b"\n"] * 3000)
        file.write(b'";T;1;1;1\n')
    return path


def zipped(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("orders.csv", "a;b")
    return path


FILES: dict[str, tuple[str, Callable[[Path], Path], str]] = {
    "empty": ("a.csv", lambda p: written(p, b""), "The file is empty."),
    "only blank lines": ("a.csv", lambda p: written(p, b"\r\n\r\n  \r\n"), "The file is empty."),
    "empty gz": ("a.csv.gz", lambda p: written(p, gzip.compress(b"")), "The file is empty."),
    "header only": ("a.csv", files.csv, "The file has a heading and no rows."),
    "header only xlsx": ("a.xlsx", files.xlsx, "The file has a heading and no rows."),
    "binary junk": ("a.csv", lambda p: written(p, random.Random(1).randbytes(100_000)), "This is not a text file"),
    "zeros inside": (
        "a.csv",
        lambda p: files.csv(p, GOOD, "2;01.02.2026;Ром\0ашка;Чай;1;1;1"),
        "binary data near line",
    ),
    "picture": ("a.csv", lambda p: written(p, b"\x89PNG\r\n\x1a\n" + b"\x01" * 900), "This is not a table."),
    "old xls": (
        "a.xls",
        lambda p: written(p, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 900),
        "Save it as xlsx or csv",
    ),
    "torn gz": (
        "a.csv.gz",
        lambda p: written(p, gzip.compress(random.Random(2).randbytes(9999).hex().encode())[:5000]),
        "torn",
    ),
    "gz of nothing": ("a.csv.gz", lambda p: written(p, b"\x1f\x8b" + b"x" * 99), "torn or damaged"),
    "damaged UTF-8": (
        "a.csv",
        lambda p: written(p, f"{files.HEAD}\n{GOOD}\n".encode() * 9 + b"1;\xd0;\xff;;;;\n"),
        "not in the encoding utf-8: see line 19",
    ),
    "koi8": ("a.csv", lambda p: files.csv(p, GOOD, GOOD, encoding="koi8-r"), "The encoding is not recognised."),
    "dos": ("a.csv", lambda p: files.csv(p, GOOD, GOOD, encoding="cp866"), "The encoding is not recognised."),
    "a million columns": ("a.csv", lambda p: written(p, b"," * 1_000_000 + b"\n"), "more than 1000 are not read"),
    "a long line": ("a.csv", lambda p: written(p, b"a;b;" * 2_000_000), "longer than 4 million characters"),
    "a cell of 300 MB": ("a.csv", huge_cell, "longer than 4 million characters"),
    "a quoted cell of 3 MB": ("a.csv", quoted_huge_cell, "a cell is longer than a million characters"),
    "open quote": (
        "a.csv",
        lambda p: files.csv(p, GOOD, '2;01.02.2026;"Ромашка;Чай;1;1;1'),
        "quotation marks are not closed",
    ),
    "xlsx bomb": ("a.xlsx", bomb, "looks like a bomb"),
    "zip of something": ("a.xlsx", zipped, "This is an archive, not a workbook."),
    "torn xlsx": ("a.xlsx", lambda p: written(p, files.xlsx(p, GOOD.split(";")).read_bytes()[:3000]), "damaged"),
    "entities": ("a.xml", laughs, "entities"),
    "external entity": ("a.xml", outside, "entities"),
    "broken xml": ("a.xml", lambda p: written(p, "<КоммерческаяИнформация><Документ>".encode()), "The XML is broken"),
    "other xml": ("a.xml", lambda p: written(p, b"<?xml version='1.0'?><html/>"), "not a CommerceML file"),
    "no client": (
        "a.csv",
        lambda p: files.csv(p, "1;01.02.2026;5", head="Номер;Дата;Сумма"),
        "No column is known as: Client.",
    ),
    "no date": (
        "a.csv",
        lambda p: files.csv(p, "1;Ромашка;5", head="Номер;Клиент;Сумма"),
        "No column is known as: Date.",
    ),
    "no amount": (
        "a.csv",
        lambda p: files.csv(p, "1;Ромашка;5", head="Дата;Клиент;Цена"),
        "No column is known as: Amount.",
    ),
    "mixed date orders": (
        "a.csv",
        lambda p: files.csv(p, "1;13/02/2026;А;Ч;1;1;1", "2;01/02/2026;А;Ч;1;1;1", "3;02/14/2026;А;Ч;1;1;1"),
        "13/02/2026 in row 2 has the day first, 02/14/2026 in row 4 the month",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_it_refuses_in_one_line_and_changes_nothing(name: str, tmp_path: Path) -> None:
    file_name, make, expected = FILES[name]
    path, before = make(tmp_path / file_name), files.held()
    result = files.load(path)
    assert expected in result["refused"]
    assert "\n" not in result["refused"]
    assert result["documents"] == {"new": 0, "changed": 0, "unchanged": 0}
    assert files.held() == before


BAD_CELLS = {
    "31.02": ("1;31.02.2026;А;Ч;1;1;1", "day", "31.02.2026", "there is no such day"),
    "no date": ("1;вчера;А;Ч;1;1;1", "day", "вчера", "not a date"),
    "no day": ("1;;А;Ч;1;1;1", "day", "", "empty"),
    "two ways": (
        "1;01/02/2026;А;Ч;1;1;1",
        "day",
        "01/02/2026",
        "can be read two ways: name the order of day and month",
    ),
    "NaN": ("1;01.02.2026;А;Ч;1;1;NaN", "amount", "NaN", "not a finite number"),
    "infinity": ("1;01.02.2026;А;Ч;1;inf;", "price", "inf", "not a finite number"),
    "10^30": (f"1;01.02.2026;А;Ч;1;1;1{'0' * 30}", "amount", f"1{'0' * 30}", "too large a number"),
    "1e30": ("1;01.02.2026;А;Ч;1;1;1e30", "amount", "1e30", "too large a number"),
    "product of two": ("1;01.02.2026;А;Ч;99999999999;99999999999;", "amount", "99999999999", "too large a number"),
    "letters for zeros": ("1;01.02.2026;А;Ч;1;1;12 4OO,00", "amount", "12 4OO,00", "letters O instead of zeros"),
    "text": ("1;01.02.2026;А;Ч;1;1;сто", "amount", "сто", "not a number"),
    "two ways number": ("1;01.02.2026;А;Ч;1;1;1,234", "amount", "1,234", "can be read two ways: name the decimal mark"),
    "no amount": ("1;01.02.2026;А;Ч;1;;", "amount", "", "empty"),
    "no client": ("1;01.02.2026;;Ч;1;1;1", "client", "", "empty"),
    "a name of 10 kB": (f"1;01.02.2026;{'Я' * 5000};Ч;1;1;1", "client", "Я" * 200, "longer than 255 characters"),
    "more cells": ("1;01.02.2026;А;Ч;1;1;1;лишнее", "*", "лишнее", "more cells than the heading has"),
}


@pytest.mark.parametrize("name", BAD_CELLS)
def test_it_reports_each_bad_cell_and_takes_nothing(name: str, tmp_path: Path) -> None:
    row, field, value, reason = BAD_CELLS[name]
    before = files.held()
    result = files.load(files.csv(tmp_path / "a.csv", "9;05.01.2026;Ромашка;Чай;1;5;5", row))
    report = Path(result["error_report"]).read_text(encoding="utf-8-sig").splitlines()
    captions = {"day": "Дата", "amount": "Сумма", "price": "Цена", "client": "Контрагент", "*": "*"}
    assert result["errors"] == 1
    assert report[1].startswith(f"a.csv;3;{captions[field]};{value};{reason}")
    assert len(report) == 2
    assert files.held() == before


def test_it_takes_the_good_rows_when_told(tmp_path: Path) -> None:
    path = files.csv(tmp_path / "a.csv", "1;05.01.2026;Ромашка;Чай;1;5;5", "2;31.02.2026;Ромашка;Чай;1;7;7")
    result = files.load(path, skip_bad=True)
    assert (result["refused"], result["errors"], result["lines"]) == ("", 1, 1)
    assert result["documents"] == {"new": 1, "changed": 0, "unchanged": 0}


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1 234,56", "1234.5600"),
        ("(1,234.56)", "-1234.5600"),
        ("−12,5", "-12.5000"),
        ("1\u00a0234,50 ₽", "1234.5000"),
        ("1.234.567,89", "1234567.8900"),
        ("1.5E+03", "1500.0000"),
        ("5-", "-5.0000"),
    ],
)
def test_it_reads_amounts_as_people_write_them(text: str, amount: str, tmp_path: Path) -> None:
    result = files.load(files.csv(tmp_path / "a.csv", f"1;05.01.2026;Ромашка;Чай;;;{text}"))
    assert result["refused"] == ""
    assert [str(row[7]) for row in files.held()["clients.Shipment"]] == [amount]


def test_it_reports_formulas_without_a_value(tmp_path: Path) -> None:
    path = files.xlsx(tmp_path / "a.xlsx", ["1", "05.01.2026", "Ромашка", "Чай", 2, 3, "=E2*F2"])
    result = files.load(path)
    assert "a formula without a stored value" in result["refused"]
    assert "row 2, Amount" in result["refused"]
