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
    gettext_noop("longer than 150 characters"),
    gettext_noop("longer than 200 characters"),
    gettext_noop("longer than 2000 characters"),
    gettext_noop("not a name"),
    gettext_noop("a KPP without an INN"),
    gettext_noop("not a type of the typology"),
    gettext_noop("not a potential from A to E"),
    gettext_noop("there is no such branch"),
    gettext_noop("a contact has a name"),
    gettext_noop("not a part in a decision"),
    gettext_noop("differs from an earlier row of the same client"),
    gettext_noop("the base has no such client, and a new one needs a name"),
    gettext_noop("another client of the base has this INN"),
)
