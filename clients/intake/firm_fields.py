"""Fields of clients, their legal entities and their people, with the captions people give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy

from clients.models import PointKind
from salescrm.base.intake.columns import Field

LEAVE_OUT = ("code", "client", "contact")
FIELDS: Sequence[Field] = (
    Field(
        "code",
        gettext_lazy("Client code"),
        "text",
        ("код клиента", "код контрагента", "id компании", "код", "id", "client code", "customer id", "company id"),
    ),
    Field(
        "client",
        gettext_lazy("Client"),
        "text",
        (
            *("клиент", "название компании", "компания", "контрагент", "наименование", "наименование клиента"),
            *("название", "организация", "покупатель", "company", "company name", "client name", "customer", "name"),
        ),
    ),
    Field(
        "legal_name",
        gettext_lazy("Name of the legal entity"),
        "text",
        ("юрлицо", "юридическое лицо", "полное наименование", "официальное наименование", "legal entity"),
    ),
    Field("inn", gettext_lazy("INN"), "text", ("инн", "инн контрагента", "инн юрлица", "tax id")),
    Field("kpp", gettext_lazy("KPP"), "text", ("кпп", "кпп контрагента")),
    Field("segment", gettext_lazy("Type"), "text", ("тип клиента", "тип", "сегмент", "client type", "type")),
    Field("legacy_type", gettext_lazy("Old type"), "text", ("старый тип", "тип компании", "old type", "company type")),
    Field(
        "legacy_potential",
        gettext_lazy("Old potential"),
        "text",
        ("потенциал", "старый потенциал", "потенциал abcde", "потенциал клиента", "old potential", "potential"),
    ),
    Field("branch", gettext_lazy("Branch"), "text", ("филиал", "подразделение", "офис", "office")),
    Field("region", gettext_lazy("Region"), "text", ("регион", "область", "state", "country", "страна")),
    Field("city", gettext_lazy("City"), "text", ("город", "населенный пункт", "town")),
    Field(
        "address",
        gettext_lazy("Address"),
        "text",
        ("адрес", "фактический адрес", "юридический адрес", "street address"),
    ),
    Field("owner", gettext_lazy("Owner"), "text", ("ответственный", "менеджер", "manager", "responsible")),
    Field("comment", gettext_lazy("Comment"), "text", ("комментарий", "примечание", "comments", "note")),
    Field("site", gettext_lazy("Site"), "text", ("сайт", "корпоративный сайт", "website", "web", "url")),
    Field(
        "company_phone",
        gettext_lazy("Phone of the company"),
        "text",
        ("телефон компании", "телефон организации", "company phone"),
    ),
    Field(
        "company_email",
        gettext_lazy("E-mail of the company"),
        "text",
        ("e-mail компании", "email компании", "почта компании", "company email", "company e-mail"),
    ),
    Field(
        "contact",
        gettext_lazy("Contact"),
        "text",
        ("контакт", "контактное лицо", "фио", "полное имя", "contact name", "contact person", "full name"),
    ),
    Field("last_name", gettext_lazy("Last name"), "text", ("фамилия", "surname")),
    Field("first_name", gettext_lazy("First name"), "text", ("имя", "given name")),
    Field("patronymic", gettext_lazy("Patronymic"), "text", ("отчество", "second name", "middle name")),
    Field("position", gettext_lazy("Position"), "text", ("должность", "job title", "post")),
    Field(
        "role",
        gettext_lazy("Part in the decision"),
        "text",
        ("роль", "роль в решении", "участие в решении", "лпр", "decision role"),
    ),
    Field("birthday", gettext_lazy("Birthday"), "day", ("дата рождения", "день рождения", "birth date", "birthdate")),
    Field("contact_note", gettext_lazy("Note about the contact"), "text", ("комментарий о контакте", "о контакте")),
    Field("phone", gettext_lazy("Phone"), "text", ("телефон", "рабочий телефон", "work phone", "телефоны", "phones")),
    Field(
        "phone_2", gettext_lazy("Second phone"), "text", ("мобильный телефон", "мобильный", "mobile", "mobile phone")
    ),
    Field("phone_3", gettext_lazy("Third phone"), "text", ("другой телефон", "other phone")),
    Field("phone_4", gettext_lazy("Fourth phone"), "text", ("домашний телефон", "home phone")),
    Field(
        "email",
        gettext_lazy("E-mail"),
        "text",
        ("e-mail", "email", "почта", "электронная почта", "эл. почта", "рабочий e-mail", "work e-mail"),
    ),
    Field("email_2", gettext_lazy("Second e-mail"), "text", ("частный e-mail", "home e-mail", "личная почта")),
    Field("email_3", gettext_lazy("Third e-mail"), "text", ("другой e-mail", "other e-mail")),
    Field("telegram", gettext_lazy("Telegram"), "text", ("телеграм", "контакт telegram")),
    Field("whatsapp", gettext_lazy("WhatsApp"), "text", ("ватсап", "вотсап")),
    Field("max", gettext_lazy("MAX"), "text", ("мах",)),
    Field("vk", gettext_lazy("VK"), "text", ("вконтакте", "вк", "контакт вконтакте", "страница вконтакте")),
)
BY_NAME = {field.name: field for field in FIELDS}

# (kind, whether it is the company's whoever the row names) of each field that holds ways to reach
POINTS: Mapping[str, tuple[PointKind, bool]] = {
    "company_phone": (PointKind.PHONE, True),
    "company_email": (PointKind.EMAIL, True),
    "site": (PointKind.SITE, True),
    "phone": (PointKind.PHONE, False),
    "phone_2": (PointKind.PHONE, False),
    "phone_3": (PointKind.PHONE, False),
    "phone_4": (PointKind.PHONE, False),
    "email": (PointKind.EMAIL, False),
    "email_2": (PointKind.EMAIL, False),
    "email_3": (PointKind.EMAIL, False),
    "telegram": (PointKind.TELEGRAM, False),
    "whatsapp": (PointKind.WHATSAPP, False),
    "max": (PointKind.MAX, False),
    "vk": (PointKind.VK, False),
}
