"""One statement on the server's maintenance database, by a process that starts the servers where they are down."""

from __future__ import annotations

import psycopg2

from salescrm import embedded


def main(arguments: list[str]) -> None:
    """Run the statement."""
    (statement,) = arguments
    address = embedded.ensure_running().database_url
    connection = psycopg2.connect(address.replace("/salescrm?", "/postgres?"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()
