"""Counterparties of 1C in the exchange format CommerceML, read as a table: a row per person of a firm, or per firm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clients.intake.commerceml import child_of, elements, exchange_rows, name_of, text_of
from salescrm.base.intake.table import Row, Table
from salescrm.base.jobs import Refused

FIRM = "Контрагент"
ORDER = "Документ"
HEADER = [
    *("Ид", "Наименование", "Полное наименование", "ИНН", "КПП", "Регион", "Город", "Адрес", "Комментарий"),
    *("Телефон", "E-mail", "Сайт", "Контактное лицо", "Должность"),
    *("Телефон контактного лица", "E-mail контактного лица"),
]
PHONES, EMAILS, SITES = ("тел", "моб", "phone"), ("почт", "mail"), ("сайт", "web", "url", "www")


def open_exchange(path: Path) -> Table:
    """Open an exchange file of counterparties; raise Refused for a broken, foreign or dangerous one."""
    return Table(HEADER, lambda: exchange_rows(path, FIRM, _rows), None, "commerceml", {})


def are_in(path: Path) -> bool:
    """Say whether the exchange file brings counterparties for their own sake, not as the buyers of its orders.

    The first order or counterparty tells: a file of orders is not read to its end for this.
    """
    try:
        return next((name_of(one) == FIRM for one in elements(path, FIRM, ORDER) if not _is_of_order(one)), False)
    except Refused:
        return False


def _is_of_order(element: Any) -> bool:
    return any(name_of(above) == ORDER for above in element.iterancestors())


def _rows(firm: Any) -> Iterator[Row]:
    if _is_of_order(firm):
        return
    owner = child_of(firm, "РеквизитыЮрЛица", "ЮрЛицо", "РеквизитыФизЛица", "ФизЛицо")
    owner = firm if owner is None else owner
    head = [
        text_of(firm, "Ид"),
        text_of(firm, "Наименование") or text_of(owner, "ОфициальноеНаименование", "ПолноеНаименование"),
        text_of(firm, "ПолноеНаименование", "ОфициальноеНаименование")
        or text_of(owner, "ОфициальноеНаименование", "ПолноеНаименование"),
        text_of(firm, "ИНН") or text_of(owner, "ИНН"),
        text_of(firm, "КПП") or text_of(owner, "КПП"),
        *_place(firm, owner),
        text_of(firm, "Комментарий"),
        *(_reached(firm, words) for words in (PHONES, EMAILS, SITES)),
    ]
    people = [person for box in _all(firm, "Представители") for one in _all(box, "Представитель") for person in one]
    for person in people:
        yield person.sourceline or 0, [*head, *_person(person)]
    if not people:
        yield firm.sourceline or 0, [*head, "", "", "", ""]


def _person(person: Any) -> list[str]:
    name = text_of(person, "Наименование", "ПолноеНаименование") or " ".join(
        filter(None, (text_of(person, part) for part in ("Фамилия", "Имя", "Отчество")))
    )
    return [name, text_of(person, "Должность"), _reached(person, PHONES), _reached(person, EMAILS)]


def _all(element: Any, name: str) -> list[Any]:
    return [child for child in element if name_of(child) == name]


def _place(firm: Any, owner: Any) -> list[str]:
    """Return region, city and address in one line: of the first address that says something."""
    for element in (firm, owner):
        for kind in ("ФактическийАдрес", "Адрес", "АдресРегистрации", "ЮридическийАдрес"):
            address = child_of(element, kind)
            if address is not None and len(address):
                parts = {text_of(one, "Тип").lower(): text_of(one, "Значение") for one in _all(address, "АдресноеПоле")}
                city = parts.get("город", "") or parts.get("населенный пункт", "")
                return [parts.get("регион", ""), city, text_of(address, "Представление")]
    return ["", "", ""]


def _reached(element: Any, words: tuple[str, ...]) -> str:
    """Return the values of the contacts whose type says one of these words, in one cell."""
    contacts = [one for box in _all(element, "Контакты") for one in box]
    fits = [one for one in contacts if any(word in text_of(one, "Тип", "КонтактВид").lower() for word in words)]
    return "; ".join(filter(None, (text_of(one, "Значение") for one in fits)))
