"""Orders of 1C in the exchange format CommerceML 2.05 to 3.1, read as a table: one row per line of a document.

Whatever the version calls its elements, the captions are those of the ready mapping "1c". The parser takes nothing from
outside the file and no entities of its own, so neither a bomb nor an external file gets in.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from salescrm.base.intake.table import MOST_CELL, Row, Table
from salescrm.base.intake.text import unpacked
from salescrm.base.jobs import Refused

HEADER = [
    *("Ид", "Номер", "Дата", "ХозОперация", "Отменен", "Валюта", "Курс"),
    *("Контрагент Ид", "Контрагент", "ИНН", "КПП", "Менеджер"),
    *("Товар Ид", "Товар", "Группа", "Количество", "Цена", "Сумма"),
]
BUYER = "Покупатель"


def open_exchange(path: Path) -> Table:
    """Open an exchange file; raise Refused for a broken, foreign or dangerous one."""
    return Table(HEADER, lambda: _rows(path), None, "commerceml", {})


def _rows(path: Path) -> Iterator[Row]:
    """Give (line in the file, cells); lines of one line of text are told apart by counting on."""
    seen_root, last = False, 0
    try:
        with unpacked(path) as file:
            events = etree.iterparse(
                file, events=("start", "end"), resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False
            )
            for event, element in events:
                if not seen_root:
                    seen_root = _refuse_foreign(element)
                if event == "end" and _name(element) == "Документ":
                    for line, cells in _lines(element):
                        last = max(last + 1, line)
                        yield last, cells
                    _forget(element)
    except etree.XMLSyntaxError as fault:
        text = _("The XML is broken near line {line}.") if fault.lineno else _("The XML is broken.")
        raise Refused(text.format(line=fault.lineno)) from fault
    except (EOFError, OSError) as fault:
        raise Refused(_("The archive is torn or damaged: it cannot be unpacked to its end.")) from fault


def _refuse_foreign(root: Any) -> bool:
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused(_("The XML declares entities of its own; such files are not read."))
    if _name(root) != "КоммерческаяИнформация":
        raise Refused(_("This XML is not a CommerceML file of 1C."))
    return True


def _forget(element: Any) -> None:
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _name(element: Any) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _child(element: Any, *names: str) -> Any:
    """Return the first child of one of these names, in the order of the names."""
    for name in names:
        for child in element:
            if _name(child) == name:
                return child
    return None


def _text(element: Any, *names: str) -> str:
    """Return the text of the first child of these names that has any, with inner breaks of line as spaces."""
    for name in names:
        child = _child(element, name) if element is not None else None
        if child is not None and child.text and child.text.strip():
            if len(child.text) > MOST_CELL:
                raise Refused(_("A cell is longer than a million characters: this is not a table."))
            return " ".join(str(child.text).split())
    return ""


def _requisites(document: Any) -> dict[str, str]:
    """Return a document's requisites by name; spaces and case in names differ between versions."""
    box = _child(document, "ЗначенияРеквизитов")
    pairs = ((_text(one, "Наименование"), _text(one, "Значение")) for one in (box if box is not None else ()))
    return {name.replace(" ", "").lower(): value for name, value in pairs if name}


def _buyer(document: Any) -> Any:
    """Return the counterparty that buys: by its role, else the only or first one."""
    box = _child(document, "Контрагенты")
    found = [one for one in (box if box is not None else ()) if _name(one) == "Контрагент"]
    by_role = [one for one in found if _text(one, "Роль") == BUYER]
    return next(iter(by_role or found), None)


def _lines(document: Any) -> Iterator[Row]:
    requisites, buyer = _requisites(document), _buyer(document)
    head = [
        _text(document, "Ид"),
        _text(document, "Номер"),
        _text(document, "Дата"),
        _text(document, "ХозОперация"),
        "true" if _is_cancelled(document, requisites) else "",
        _text(document, "Валюта"),
        _text(document, "Курс"),
        *_party(buyer),
        requisites.get("менеджер", "") or requisites.get("ответственный", ""),
    ]
    goods = _child(document, "Товары")
    lines = [one for one in (goods if goods is not None else ()) if _name(one) == "Товар"]
    for line in lines:
        yield line.sourceline or 0, [*head, *_goods(line)]
    if not lines:
        yield document.sourceline or 0, [*head, "", "", "", "", "", _text(document, "Сумма")]


def _is_cancelled(document: Any, requisites: dict[str, str]) -> bool:
    status = requisites.get("статусзаказа", "").lower()
    marked = requisites.get("отменен", "").lower() == "true" or requisites.get("пометкаудаления", "").lower() == "true"
    return marked or status.startswith(("отмен", "[отмен")) or _text(document, "ПометкаУдаления").lower() == "true"


def _party(buyer: Any) -> list[str]:
    if buyer is None:
        return ["", "", "", ""]
    owner = _child(buyer, "РеквизитыЮрЛица", "ЮрЛицо")
    owner = buyer if owner is None else owner
    name = _text(buyer, "ПолноеНаименование", "ОфициальноеНаименование", "Наименование") or _text(
        owner, "ОфициальноеНаименование", "ПолноеНаименование", "Наименование"
    )
    return [
        _text(buyer, "Ид"),
        name,
        _text(buyer, "ИНН") or _text(owner, "ИНН"),
        _text(buyer, "КПП") or _text(owner, "КПП"),
    ]


def _goods(line: Any) -> list[str]:
    groups = _child(line, "Группы")
    return [
        _text(line, "Ид", "Артикул"),
        _text(line, "Наименование"),
        _text(groups, "Наименование") if groups is not None else "",
        _text(line, "Количество"),
        _text(line, "ЦенаЗаЕдиницу", "Цена"),
        _text(line, "Сумма", "СуммаСНалогом"),
    ]
