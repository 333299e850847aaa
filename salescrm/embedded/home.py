"""SALESCRM_HOME: what is written there about the servers, and the two locks that decide who starts and stops them."""

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import stat
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from salescrm.embedded.system import SYSTEM_FOLDER, Account, EmbeddedError, give, make_folder, reaches, say

SOCKET_PATH_BYTES = 107  # sun_path holds 108 bytes with the closing zero
LONGEST_SOCKET = ".s.PGSQL.5432"
LOCK_SECONDS = 900  # a start after a crash may have to replay two gigabytes of log


@dataclass(frozen=True)
class Record:
    """What `servers.json` keeps: folders and passwords of this home's servers."""

    data: str  # the folder of postgres/ and valkey/
    sockets: str
    superuser_password: str
    database_password: str
    redis_password: str
    fast: bool  # made for tests: not durable


@dataclass(frozen=True)
class Home:
    """The folder SALESCRM_HOME names."""

    path: Path

    @classmethod
    def current(cls) -> "Home":
        """Find the folder the environment names, `.data` in the checkout by default."""
        checkout = Path(__file__).resolve().parent.parent.parent
        return cls(Path(os.environ.get("SALESCRM_HOME") or checkout / ".data").absolute())

    @property
    def digest(self) -> str:
        """A short name for the folder, the same in every process."""
        return hashlib.sha256(os.fsencode(os.path.realpath(self.path))).hexdigest()[:12]

    @property
    def record_file(self) -> Path:
        """Passwords and folders, 0600."""
        return self.path / "servers.json"

    @property
    def in_use_file(self) -> Path:
        """Every process using the servers holds a shared lock on it."""
        return self.path / "in-use"

    @property
    def keep_file(self) -> Path:
        """Present while the servers were started by hand and stay until they are stopped by hand."""
        return self.path / "keep"

    def make(self) -> None:
        """Make the folder: nobody can list it, the servers' user can go through it if root made it."""
        try:
            make_folder(self.path, 0o711 if os.geteuid() == 0 else 0o700)
        except OSError as error:
            raise EmbeddedError(f"cannot make SALESCRM_HOME {self.path}: {error.strerror}") from error

    def open(self, path: Path) -> int:
        """Open a file of the home for locking; made by root, it belongs to the owner of the home."""
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise EmbeddedError(f"cannot use {path}: {error.strerror}") from error
        if os.geteuid() == 0:
            os.fchown(descriptor, self.path.stat().st_uid, self.path.stat().st_gid)
        return descriptor

    @contextlib.contextmanager
    def start_lock(self, seconds: float = LOCK_SECONDS) -> Iterator[None]:
        """Start and stop one at a time; whoever comes second waits."""
        descriptor = self.open(self.path / "start.lock")
        try:
            deadline = time.monotonic() + seconds
            while not try_lock(descriptor, fcntl.LOCK_EX):
                if time.monotonic() > deadline:
                    raise EmbeddedError(f"another process has been starting or stopping the servers of {self.path}")
                time.sleep(0.02)
            yield
        finally:
            os.close(descriptor)

    # --- the record ----------------------------------------------------------------------------------------------

    def read(self) -> Record | None:
        """Read the record; None before the first start."""
        try:
            record = Record(**json.loads(self.record_file.read_text()))
            return replace(record, data=str(self.path / record.data), sockets=str(self.path / record.sockets))
        except FileNotFoundError:
            return None
        except PermissionError as error:
            raise EmbeddedError(f"{self.record_file} belongs to another user") from error
        except (ValueError, TypeError) as error:
            raise EmbeddedError(f"{self.record_file} is damaged: {error}") from error

    def expected(self) -> Record:
        """Read the record or, before the first start, guess its folders; writes nothing."""
        return self.read() or Record(str(self.path), str(self.path / "sockets"), "", "", "", False)

    def _write(self, record: Record) -> None:
        """Write the record at once or not at all; folders of the home relative to it, so that it can be moved."""
        record = replace(record, data=self._relative(record.data), sockets=self._relative(record.sockets))
        draft = self.path / f".servers.{secrets.token_hex(8)}"
        descriptor = self.open(draft)
        with os.fdopen(descriptor, "w") as file:
            json.dump(asdict(record), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.record_file)

    def _relative(self, folder: str) -> str:
        path = Path(folder)
        return str(path.relative_to(self.path)) if path.is_relative_to(self.path) else folder

    def prepare(self, account: Account | None) -> Record:
        """Read or make the record and its folders; call it with the start lock held."""
        record = self.read()
        if record is None:
            record = self._new_record(account)
            self._write(record)
        self._refuse_data_of_another_home(Path(record.data))
        sockets = Path(record.sockets)
        if not _short_enough(sockets) or not _private_folder(sockets, account):
            record = replace(record, sockets=str(self._sockets(Path(record.data), account)))
            self._write(record)
        return record

    def _new_record(self, account: Account | None) -> Record:
        data = self.path
        if not reaches(account, data):
            data = SYSTEM_FOLDER / self.digest
            say(f"the servers' user cannot reach {self.path}; their data are kept in {data}")
            make_folder(SYSTEM_FOLDER, 0o755)
            make_folder(data, 0o711)
            (data / "home").write_text(str(self.path))
        if (data / "postgres").exists():
            raise EmbeddedError(f"{self.record_file} with the passwords of {data / 'postgres'} is missing")
        return Record(
            data=str(data),
            sockets=str(self._sockets(data, account)),
            superuser_password=secrets.token_urlsafe(32),
            database_password=secrets.token_urlsafe(32),
            redis_password=secrets.token_urlsafe(32),
            fast=os.environ.get("SALESCRM_TEST_FAST") == "1",
        )

    def _refuse_data_of_another_home(self, data: Path) -> None:
        """Let a moved home keep its data elsewhere; a copied one would share them with the original."""
        note = data / "home"
        if data == self.path or not note.exists() or note.read_text() == str(self.path):
            return
        if (Path(note.read_text()) / self.record_file.name).exists():
            raise EmbeddedError(f"{self.path} is a copy; the data in {data} belong to {note.read_text()}")
        note.write_text(str(self.path))

    def _sockets(self, data: Path, account: Account | None) -> Path:
        candidates = [data / "sockets", *(parent / f"salescrm-{self.digest}" for parent in _runtime_folders(account))]
        for folder in candidates:
            if _short_enough(folder) and _private_folder(folder, account):
                return folder
        raise EmbeddedError("no folder with a short enough path for the servers' sockets; set XDG_RUNTIME_DIR")


def try_lock(descriptor: int, kind: int) -> bool:
    """Take a lock (fcntl.LOCK_SH or LOCK_EX) without waiting; say whether we have it."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _short_enough(folder: Path) -> bool:
    return len(os.fsencode(folder / LONGEST_SOCKET)) <= SOCKET_PATH_BYTES


def _runtime_folders(account: Account | None) -> list[Path]:
    named = [os.environ.get("XDG_RUNTIME_DIR"), "/run", tempfile.gettempdir(), "/tmp"]  # noqa: S108 a private folder is made in it
    folders = [Path(name) for name in named if name and Path(name).is_dir()]
    return [folder for folder in folders if os.access(folder, os.W_OK) and reaches(account, folder)]


def _private_folder(folder: Path, account: Account | None) -> bool:
    """Make the folder for the servers' user alone; refuse one that is somebody else's or open to others."""
    uid = account.uid if account else os.geteuid()
    try:
        folder.mkdir(mode=0o700)
        give(folder, account)
    except FileExistsError:
        pass
    except OSError:
        return False
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == uid and not found.st_mode & 0o077
