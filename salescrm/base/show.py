"""How figures, money and dates read in the language of the page; the same words for templates, exports and letters."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.utils import formats, timezone
from django.utils.dates import MONTHS, MONTHS_ALT
from django.utils.translation import get_language, pgettext

from salescrm.base import clock

Amount = Decimal | int | float

NOTHING = "–"
MINUS = "\N{MINUS SIGN}"
SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "GBP": "£", "KZT": "₸", "BYN": "Br"}


def number(value: Amount | None, decimals: int = 0) -> str:
    """Return a figure rounded half up to `decimals`, thousands grouped, with a real minus; a dash for None."""
    if value is None:
        return NOTHING
    rounded = _rounded(value, decimals)
    text = str(formats.number_format(abs(rounded), decimals, use_l10n=True, force_grouping=True))
    return (MINUS if rounded < 0 else "") + text


def signed(value: Amount | None, decimals: int = 0) -> str:
    """Return a difference: as `number`, with a plus before what is above zero."""
    if value is None:
        return NOTHING
    return ("+" if _rounded(value, decimals) > 0 else "") + number(value, decimals)


def money(value: Amount | None, decimals: int = 0) -> str:
    """Return an amount in the base currency: 1 842 300 ₽, ₽1,842,300."""
    if value is None:
        return NOTHING
    return _with_sign(value, number(abs(_exact(value)), decimals))


def money_short(value: Amount | None) -> str:
    """Return an amount to one figure after the comma of its size: 1,8 млн ₽, ₽1.8M; below ten thousand as `money`."""
    if value is None:
        return NOTHING
    size = abs(_rounded(value, 0))
    if size >= 999_500_000:
        text = pgettext("billions", "%sB") % number(size / 1_000_000_000, 1)
    elif size >= 999_500:
        text = pgettext("millions", "%sM") % number(size / 1_000_000, 1)
    elif size >= 10_000:
        text = pgettext("thousands", "%sK") % number(size / 1_000)
    else:
        text = number(size)
    return _with_sign(value, text)


def percent(share: Amount | None, decimals: int = 0) -> str:
    """Return a share of one as per cent: 67 %, 67%."""
    return NOTHING if share is None else pgettext("percent", "%s%%") % number(_exact(share) * 100, decimals)


def change(share: Amount | None, decimals: int = 0) -> str:
    """Return a relative change with its sign: +18 %, −12 %."""
    return NOTHING if share is None else pgettext("percent", "%s%%") % signed(_exact(share) * 100, decimals)


def tone(value: Amount | None) -> str:
    """Return the word of judgement for a difference: good above zero, bad below, nothing at zero."""
    if not value:
        return ""
    return "good" if value > 0 else "bad"


def day(value: date | None) -> str:
    """Return a date in a table: 16 июл, 16 Jul; with the year when it is not this one."""
    if value is None:
        return NOTHING
    local = _local(value)
    return f"{local.day} {str(MONTHS_ALT[local.month])[:3]}{_other_year(local)}"


def day_long(value: date | None) -> str:
    """Return a date in a sentence: 16 июля, 16 July; with the year when it is not this one."""
    if value is None:
        return NOTHING
    local = _local(value)
    return f"{local.day} {MONTHS_ALT[local.month]}{_other_year(local)}"


def moment(value: datetime | None) -> str:
    """Return a date with its time of day in the reader's zone: 16 июл, 03:10."""
    return NOTHING if value is None else f"{day(value)}, {_local(value):%H:%M}"


def month(value: date | None) -> str:
    """Return a month with its year: июль 2026, July 2026."""
    return NOTHING if value is None else f"{_month_name(value)} {_local(value).year}"


def month_short(value: date | None) -> str:
    """Return a month on an axis: июл 26, Jul 26."""
    return NOTHING if value is None else f"{_month_name(value)[:3]} {_local(value):%y}"


def initials(name: str) -> str:
    """Two capital letters for the round mark beside a name; words without a letter are passed over."""
    words = [word.lstrip("«\"'(") for word in name.split()]
    return "".join(word[0] for word in words if word and word[0].isalnum())[:2].upper()


def _rounded(value: Amount, decimals: int) -> Decimal:
    return _exact(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _exact(value: Amount) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _with_sign(value: Amount, text: str) -> str:
    sign = SIGNS.get(settings.CURRENCY, settings.CURRENCY)
    minus = MINUS if value < 0 and any("1" <= letter <= "9" for letter in text) else ""
    return minus + pgettext("money", "%(sign)s%(amount)s") % {"sign": sign, "amount": text}


def _local(value: date) -> date:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def _other_year(value: date) -> str:
    return "" if value.year == clock.today().year else f" {value.year}"


def _month_name(value: date) -> str:
    name = str(MONTHS[_local(value).month])
    return name.lower() if get_language() == "ru" else name
