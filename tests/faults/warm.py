"""A process that has the program loaded and forks for each piece of work: a death costs its work, not its start.

It starts no server and opens no connection itself; every child does, as a process of its own would. One JSON line in:
{"module": …, "arguments": […], "out": path, "err": path}; one line out: how the child ended, as `subprocess` tells it.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from importlib import import_module
from pathlib import Path

import django


def child(module: str, arguments: list[str], out: str, err: str) -> None:
    """Do the work with its output in files and leave without the parent's goodbyes."""
    for number, path in ((1, out), (2, err)):
        with Path(path).open("wb") as file:
            os.dup2(file.fileno(), number)
    code = 0
    try:
        import_module(module).main(arguments)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main() -> None:
    """Load the program, then fork for each line until there are no more."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salescrm.settings")
    django.setup()
    for module in ("salescrm.urls", "tests.faults.driver", "tests.faults.dump"):
        import_module(module)
    for line in sys.stdin:
        work = json.loads(line)
        number = os.fork()
        if not number:
            child(**work)
        _, status = os.waitpid(number, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  # the answer


if __name__ == "__main__":
    main()
