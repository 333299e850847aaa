"""Becomes another program that ends with its parent: `leash.py PARENT PROGRAM ARGUMENT…`.

Without it a supervisor killed with -9 would leave a web server behind that holds the port.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask Linux for a SIGTERM at the parent's death, then become the program."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(sys.argv[1]):  # it died before we asked
        sys.exit(1)
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 the supervisor's own command line


if __name__ == "__main__":
    main()
