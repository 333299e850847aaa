"""Fields of orders with the captions people give them, and the choice of a mapping for a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from salescrm.base.intake import columns as mappings
from salescrm.base.intake.columns import Columns, Field
from salescrm.base.intake.table import Table
from salescrm.base.jobs import Refused
from salescrm.base.models import ColumnMap

KIND = "orders"
MAPS = Path(__file__).parent / "maps"
OPTIONS = (
    "source",  # {code, name}: numbers and codes are unique within it
    "vat_included",  # true or false; empty: as the base has it
    "numbering",  # period of document numbers: year (default), month, none
    "leave_out_without",  # rows with this field empty are left out and counted
    "whole_codes",  # client codes like 17850.0 mean 17850
    "match_names",  # find clients by normalised name too
    "currency",  # of amounts, where no column says it
    "rate",  # base currency per unit, where no column says it
)
LEAVE_OUT = ("client_code", "client", "number", "product_code")

FIELDS: Sequence[Field] = (
    Field("document_id", gettext_lazy("Document id"), "text", ("ид", "guid", "уид", "ид документа", "uid", "order id")),
    Field(
        "number",
        gettext_lazy("Document number"),
        "text",
        (
            "номер",
            "номер документа",
            "№",
            "документ",
            "номер заказа",
            "заказ",
            "накладная",
            "номер накладной",
            "invoiceno",
            "invoice",
            "invoice no",
            "invoice number",
            "order",
            "order number",
            "order no",
            "salesordernumber",
            "document",
        ),
    ),
    Field(
        "day",
        gettext_lazy("Date"),
        "day",
        (
            "дата",
            "дата документа",
            "дата заказа",
            "дата отгрузки",
            "день",
            "период",
            "invoicedate",
            "orderdate",
            "invoice date",
            "order date",
            "document date",
            "date",
        ),
    ),
    Field(
        "client_code",
        gettext_lazy("Client code"),
        "text",
        (
            "код клиента",
            "код контрагента",
            "контрагент код",
            "customerid",
            "customer id",
            "client id",
            "client code",
            "customer code",
            "код",
        ),
    ),
    Field(
        "client",
        gettext_lazy("Client"),
        "text",
        (
            "клиент",
            "контрагент",
            "покупатель",
            "заказчик",
            "партнер",
            "наименование клиента",
            "организация",
            "компания",
            "customer",
            "client name",
            "customer name",
            "company",
            "buyer",
            "reseller",
        ),
    ),
    Field("inn", gettext_lazy("INN"), "text", ("инн", "инн контрагента", "инн покупателя", "инн юрлица", "tax id")),
    Field("kpp", gettext_lazy("KPP"), "text", ("кпп", "кпп контрагента", "кпп покупателя")),
    Field("city", gettext_lazy("City"), "text", ("город", "town")),
    Field(
        "region", gettext_lazy("Region"), "text", ("регион", "область", "country", "страна", "state", "state-province")
    ),
    Field("branch", gettext_lazy("Branch"), "text", ("филиал", "подразделение", "office")),
    Field(
        "salesperson",
        gettext_lazy("Salesperson"),
        "text",
        ("менеджер", "ответственный", "продавец", "manager", "sales person", "responsible", "owner"),
    ),
    Field(
        "product_code",
        gettext_lazy("Product code"),
        "text",
        ("артикул", "код товара", "sku", "stockcode", "product id"),
    ),
    Field(
        "product",
        gettext_lazy("Product"),
        "text",
        ("номенклатура", "товар", "наименование", "наименование товара", "description", "item", "product name"),
    ),
    Field(
        "category", gettext_lazy("Category"), "text", ("категория", "группа", "номенклатурная группа", "product group")
    ),
    Field("quantity", gettext_lazy("Quantity"), "number", ("количество", "кол-во", "колво", "шт", "qty")),
    Field("price", gettext_lazy("Price"), "number", ("цена", "цена за единицу", "unitprice", "unit price")),
    Field(
        "amount",
        gettext_lazy("Amount"),
        "number",
        (
            "сумма",
            "сумма с ндс",
            "стоимость",
            "выручка",
            "всего",
            "итого",
            "total",
            "sales",
            "revenue",
            "sum",
            "сумма заказа",
        ),
    ),
    Field("currency", gettext_lazy("Currency"), "text", ("валюта",)),
    Field("rate", gettext_lazy("Rate of exchange"), "number", ("курс", "exchange rate")),
    Field("operation", gettext_lazy("Operation"), "text", ("хозоперация", "вид операции", "операция", "тип документа")),
    Field("cancelled", gettext_lazy("Cancelled"), "text", ("отменен", "canceled")),
)
BY_NAME = {field.name: field for field in FIELDS}


def known(header: list[str]) -> int:
    """Count the captions of a row that name a field."""
    return mappings.count_known(header, FIELDS)


def read_mapping(given: Any, name: str = "") -> Columns:
    """Check a mapping's content; raise Refused naming what is wrong."""
    columns = mappings.from_json(given, fields=FIELDS, options=OPTIONS)
    options = columns.options
    if options.get("numbering", "year") not in ("year", "month", "none"):
        raise Refused(
            _("The mapping's “{name}” is one of: {known}.").format(name="numbering", known="year, month, none")
        )
    if options.get("leave_out_without", "") not in ("", *LEAVE_OUT):
        known_names = ", ".join(LEAVE_OUT)
        raise Refused(
            _("The mapping's “{name}” is one of: {known}.").format(name="leave_out_without", known=known_names)
        )
    source = options.get("source")
    if source is not None and not (isinstance(source, dict) and source.get("code")):
        raise Refused(_("The mapping's source has a code and a name."))
    return (
        columns
        if columns.name or not name
        else mappings.from_json({**given, "name": name}, fields=FIELDS, options=OPTIONS)
    )


def ready() -> list[Columns]:
    """Return the mappings that come with the program."""
    return [read_mapping(mappings.read_yaml(path), path.stem) for path in sorted(MAPS.glob("*.yaml"))]


def get_mapping(name: str) -> Columns:
    """Return a mapping by the path of its file or by its name, saved ones first; raise Refused when there is none."""
    if Path(name).suffix in (".yaml", ".yml", ".json") and Path(name).is_file():
        return read_mapping(mappings.read_yaml(Path(name)), Path(name).stem)
    given = mappings.saved(KIND, name)
    if given is not None:
        return read_mapping(given, name)
    for columns in ready():
        if columns.name == name:
            return columns
    raise Refused(_("There is no mapping “{name}”.").format(name=name))


def all_mappings() -> list[Columns]:
    """Return saved mappings, then ready ones whose name is not taken."""
    saved = [read_mapping(one.columns, one.name) for one in ColumnMap.objects.filter(kind=KIND).order_by("name")]
    taken = {one.name for one in saved}
    return saved + [one for one in ready() if one.name not in taken]


def choose(table: Table) -> Columns:
    """Choose the mapping that fits the file's captions, else guess by the captions themselves."""
    for columns in all_mappings():
        if mappings.fits(columns, table.header):
            return columns
    return Columns(columns=mappings.detect(table.header, FIELDS))


def refuse_incomplete(places: dict[str, int]) -> None:
    """Raise Refused unless there are a client, a date and an amount."""
    lacking = []
    if "day" not in places:
        lacking.append(BY_NAME["day"].caption)
    if not places.keys() & {"client", "client_code", "inn"}:
        lacking.append(BY_NAME["client"].caption)
    if "amount" not in places and not {"price", "quantity"} <= places.keys():
        lacking.append(BY_NAME["amount"].caption)
    if lacking:
        names = ", ".join(str(name) for name in lacking)
        raise Refused(_("No column is known as: {names}. Name the columns in a mapping.").format(names=names))
