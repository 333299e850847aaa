"""Orders of 1C in the exchange format CommerceML 2.05 to 3.1, read as a table: one row per line of a document.

Whatever the version calls its elements, the captions are those of the ready mapping "1c". The parser takes nothing from
outside the file and no entities of its own, so neither a bomb nor an external file gets in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    """Open an exchange file of orders; raise Refused for a broken, foreign or dangerous one."""
    return Table(HEADER, lambda: exchange_rows(path, "Документ", _lines), None, "commerceml", {})


def exchange_rows(path: Path, name: str, lines: Callable[[Any], Iterator[Row]]) -> Iterator[Row]:
    """Give (line in the file, cells) of each element of this name; lines of one line of text are told apart."""
    last = 0
    for element in elements(path, name):
        for line, cells in lines(element):
            last = max(last + 1, line)
            yield last, cells


def elements(path: Path, *names: str) -> Iterator[Any]:
    """Give each element of these names, whole, and forget it afterwards; raise Refused in one sentence."""
    seen_root = False
    try:
        with unpacked(path) as file:
            events = etree.iterparse(
                file, events=("start", "end"), resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False
            )
            for event, element in events:
                if not seen_root:
                    seen_root = _refuse_foreign(element)
                name = name_of(element)
                if event == "end" and name in names and not _is_inside(element, name):
                    yield element
                    _forget(element)
    except etree.XMLSyntaxError as fault:
        text = _("The XML is broken near line {line}.") if fault.lineno else _("The XML is broken.")
        raise Refused(text.format(line=fault.lineno)) from fault
    except (EOFError, OSError) as fault:
        raise Refused(_("The archive is torn or damaged: it cannot be unpacked to its end.")) from fault


def _is_inside(element: Any, name: str) -> bool:
    """Say whether the element lies in another one of its name: a counterparty's representative is a counterparty."""
    return any(name_of(above) == name for above in element.iterancestors())


def _refuse_foreign(root: Any) -> bool:
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused(_("The XML declares entities of its own; such files are not read."))
    if name_of(root) != "КоммерческаяИнформация":
        raise Refused(_("This XML is not a CommerceML file of 1C."))
    return True


def _forget(element: Any) -> None:
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def name_of(element: Any) -> str:
    """Return the name of an element without its name space."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def child_of(element: Any, *names: str) -> Any:
    """Return the first child of one of these names, in the order of the names."""
    for name in names:
        for child in element:
            if name_of(child) == name:
                return child
    return None


def text_of(element: Any, *names: str) -> str:
    """Return the text of the first child of these names that has any, with inner breaks of line as spaces."""
    for name in names:
        child = child_of(element, name) if element is not None else None
        if child is not None and child.text and child.text.strip():
            if len(child.text) > MOST_CELL:
                raise Refused(_("A cell is longer than a million characters: this is not a table."))
            return " ".join(str(child.text).split())
    return ""


def _requisites(document: Any) -> dict[str, str]:
    """Return a document's requisites by name; spaces and case in names differ between versions."""
    box = child_of(document, "ЗначенияРеквизитов")
    pairs = ((text_of(one, "Наименование"), text_of(one, "Значение")) for one in (box if box is not None else ()))
    return {name.replace(" ", "").lower(): value for name, value in pairs if name}


def _buyer(document: Any) -> Any:
    """Return the counterparty that buys: by its role, else the only or first one."""
    box = child_of(document, "Контрагенты")
    found = [one for one in (box if box is not None else ()) if name_of(one) == "Контрагент"]
    by_role = [one for one in found if text_of(one, "Роль") == BUYER]
    return next(iter(by_role or found), None)


def _lines(document: Any) -> Iterator[Row]:
    requisites, buyer = _requisites(document), _buyer(document)
    head = [
        text_of(document, "Ид"),
        text_of(document, "Номер"),
        text_of(document, "Дата"),
        text_of(document, "ХозОперация"),
        "true" if _is_cancelled(document, requisites) else "",
        text_of(document, "Валюта"),
        text_of(document, "Курс"),
        *_party(buyer),
        requisites.get("менеджер", "") or requisites.get("ответственный", ""),
    ]
    goods = child_of(document, "Товары")
    lines = [one for one in (goods if goods is not None else ()) if name_of(one) == "Товар"]
    for line in lines:
        yield line.sourceline or 0, [*head, *_goods(line)]
    if not lines:
        yield document.sourceline or 0, [*head, "", "", "", "", "", text_of(document, "Сумма")]


def _is_cancelled(document: Any, requisites: dict[str, str]) -> bool:
    status = requisites.get("статусзаказа", "").lower()
    marked = requisites.get("отменен", "").lower() == "true" or requisites.get("пометкаудаления", "").lower() == "true"
    return marked or status.startswith(("отмен", "[отмен")) or text_of(document, "ПометкаУдаления").lower() == "true"


def _party(buyer: Any) -> list[str]:
    if buyer is None:
        return ["", "", "", ""]
    owner = child_of(buyer, "РеквизитыЮрЛица", "ЮрЛицо")
    owner = buyer if owner is None else owner
    name = text_of(buyer, "ПолноеНаименование", "ОфициальноеНаименование", "Наименование") or text_of(
        owner, "ОфициальноеНаименование", "ПолноеНаименование", "Наименование"
    )
    return [
        text_of(buyer, "Ид"),
        name,
        text_of(buyer, "ИНН") or text_of(owner, "ИНН"),
        text_of(buyer, "КПП") or text_of(owner, "КПП"),
    ]


def _goods(line: Any) -> list[str]:
    groups = child_of(line, "Группы")
    return [
        text_of(line, "Ид", "Артикул"),
        text_of(line, "Наименование"),
        text_of(groups, "Наименование") if groups is not None else "",
        text_of(line, "Количество"),
        text_of(line, "ЦенаЗаЕдиницу", "Цена"),
        text_of(line, "Сумма", "СуммаСНалогом"),
    ]
