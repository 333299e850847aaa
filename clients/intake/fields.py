"""Fields of orders with the captions people give them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy

from salescrm.base.intake.columns import Field

OPTIONS = (
    "vat_included",  # true or false; empty: as the base has it
    "numbering",  # period of document numbers: year (default), month, none
    "whole_codes",  # client codes like 17850.0 mean 17850
    "currency",  # of amounts, where no column says it
    "rate",  # base currency per unit, where no column says it
)
NUMBERING = ("year", "month", "none")
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
