"""Ways to reach people: checked, normalised, as links, and masked for those who have not asked to see them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from clients.models import PointKind

REGION = "RU"  # of numbers written without a country
DIGITS = 3  # of a phone: fewer are not looked for
ICONS = {
    PointKind.PHONE: "phone",
    PointKind.EMAIL: "mail",
    PointKind.TELEGRAM: "brand-telegram",
    PointKind.WHATSAPP: "brand-whatsapp",
    PointKind.MAX: "message-circle",
    PointKind.VK: "brand-vk",
    PointKind.SITE: "world",
    PointKind.OTHER: "at",
}
PAGES = {PointKind.TELEGRAM: "https://t.me/", PointKind.VK: "https://vk.com/", PointKind.MAX: "https://max.ru/"}
_NICK = re.compile(r"[a-z0-9_.]{2,64}")
_HOST = re.compile(r"(?:[a-z0-9а-яё](?:[a-z0-9а-яё-]*[a-z0-9а-яё])?\.)+[a-zа-яё][a-z0-9а-яё-]+")
_PHONE = re.compile(r"[\d\s()+.-]+")
HIDDEN = "•"


def key(kind: str, value: str) -> str:
    """Return the one form of a value: +78125550012, a@b.ru, print-haus.ru; raise ValidationError for what is none."""
    if kind in (PointKind.PHONE, PointKind.WHATSAPP):
        return phone_key(value)
    if kind == PointKind.EMAIL:
        return email_key(value)
    if kind == PointKind.SITE:
        return host(value)
    if kind in PAGES:
        return _nick(kind, value)
    return " ".join(value.lower().split())


def phone_key(value: str) -> str:
    """Return a phone as +7…, with "x" before an extension; raise ValidationError when it is no phone."""
    try:
        number = phonenumbers.parse(value, REGION)
    except phonenumbers.NumberParseException as fault:
        raise ValidationError(_("This is no phone number.")) from fault
    if not phonenumbers.is_valid_number(number):
        raise ValidationError(_("This is no phone number: look at the code and the number of figures."))
    plain = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{plain}x{number.extension}" if number.extension else plain


def email_key(value: str) -> str:
    """Return an e-mail in lower case; raise ValidationError when it is none."""
    plain = value.lower()
    try:
        validate_email(plain)
    except ValidationError as fault:
        raise ValidationError(_("This is no e-mail address.")) from fault
    return plain


def host(value: str) -> str:
    """Return the host of a site without www; raise ValidationError when it is no site."""
    written = value.lower() if "://" in value else f"//{value.lower()}"
    try:
        found = (urlsplit(written).hostname or "").removeprefix("www.")
    except ValueError:
        found = ""
    if not _HOST.fullmatch(found):
        raise ValidationError(_("This is no site."))
    return found


def _nick(kind: str, value: str) -> str:
    """Return a name in a messenger without its sign and page, or the phone it is known by."""
    if _PHONE.fullmatch(value):
        return phone_key(value)
    page = urlsplit(PAGES[PointKind(kind)]).netloc
    name = re.sub(rf"^(?:https?://)?(?:www\.|m\.)?(?:{re.escape(page)}/)?@?", "", value.lower()).strip("/")
    if not _NICK.fullmatch(name):
        raise ValidationError(_("This is neither a name nor a phone number."))
    return name


def link(kind: str, value_key: str) -> str:
    """Return where a click leads; nothing for what has no address."""
    if kind == PointKind.PHONE:
        return "tel:" + value_key.replace("x", ";ext=")
    if kind == PointKind.EMAIL:
        return f"mailto:{value_key}"
    if kind == PointKind.WHATSAPP:
        return f"https://wa.me/{value_key[1:].partition('x')[0]}"
    if kind == PointKind.SITE:
        return f"https://{value_key}"
    if kind == PointKind.MAX and value_key.startswith("+"):
        return ""
    return f"{PAGES[PointKind(kind)]}{value_key}" if kind in PAGES else ""


def shown(kind: str, value: str, value_key: str) -> str:
    """Return a value as people read it: phones in the form of their country, the rest as written."""
    if not value_key.startswith("+"):
        return value
    number = phonenumbers.parse(value_key.replace("x", ";ext="), REGION)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def masked(kind: str, value: str, value_key: str) -> str:
    """Return what tells that there is a value but not which: +7 921 •••-••-12, p•••@print.ru."""
    if value_key.startswith("+"):
        whole = value_key.partition("x")[0]
        read = shown(kind, value, whole)
        figures = [at for at, letter in enumerate(read) if letter.isdecimal()]
        code = len(str(phonenumbers.parse(whole).country_code))
        hidden = set(figures[code + 3 : -2])
        return "".join(HIDDEN if at in hidden else one for at, one in enumerate(read))
    name, at, page = value_key.partition("@")
    return name[:1] + HIDDEN * 3 + (at + page if kind == PointKind.EMAIL else "")


def typed_keys(typed: str) -> list[str]:
    """Return the parts of normalised values that what was typed may mean: "8 921 55" → "92155"."""
    plain = typed.strip().lower()
    figures = "".join(letter for letter in plain if letter.isdecimal())
    if _PHONE.fullmatch(plain):
        if len(figures) < DIGITS:
            return []
        return [figures[1:], figures] if len(figures) > DIGITS and figures[0] == "8" else [figures]
    name = re.sub(r"^(?:https?://)?(?:www\.)?|^@|/$", "", plain)
    return [name] if len(name) >= DIGITS and " " not in name else []
