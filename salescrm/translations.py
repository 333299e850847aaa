"""`python -m salescrm.translations`: compiles the catalogues without gettext, which a bare machine does not have."""

import sys
from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def compile_all(folder: Path = LOCALE) -> int:
    """Compile every catalogue newer than what was compiled of it; return how many."""
    made = 0
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            draft = target.with_suffix(".new")
            polib.pofile(str(source)).save_as_mofile(str(draft))
            draft.replace(target)
            made += 1
    return made


if __name__ == "__main__":
    compile_all()
    sys.exit(0)
