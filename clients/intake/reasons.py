"""Reasons of bad cells that the statements in `clients/sql` give: source sentences, named here for translators."""

from django.utils.translation import gettext_noop

FROM_SQL = (
    gettext_noop("empty"),
    gettext_noop("too large a number"),
    gettext_noop("not a rate of exchange"),
    gettext_noop("no rate for an amount in another currency"),
    gettext_noop("longer than 255 characters"),
    gettext_noop("longer than 300 characters"),
    gettext_noop("longer than 100 characters"),
    gettext_noop("longer than 90 characters"),
    gettext_noop("longer than 60 characters"),
    gettext_noop("a KPP has 9 characters"),
    gettext_noop("not a currency code"),
    gettext_noop("differs from the first row of the same document"),
)
