#!/usr/bin/env python
"""Django's command line; starts the program's own database and broker when they are needed and down."""

import os
import sys

# Commands that need no database: linters and image builds call them on a machine where nothing may start.
WITHOUT_SERVERS = {"check", "collectstatic", "compilemessages", "diffsettings", "help", "makemessages", "version"}


def needs_servers(argv: list[str]) -> bool:
    """Say whether the command in `argv` talks to the database or the broker."""
    command = argv[1] if len(argv) > 1 else "help"
    if command == "makemigrations" and "--check" in argv:
        return False
    return command not in WITHOUT_SERVERS and not {"--help", "-h", "--version"} & set(argv)


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salescrm.settings")
    if needs_servers(sys.argv):
        from salescrm import embedded

        try:
            embedded.ensure_running()
        except embedded.EmbeddedError as error:
            sys.exit(f"salescrm: {error}")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
