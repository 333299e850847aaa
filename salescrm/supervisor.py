"""Runs a few programs together: one log stream, restarts of what dies, one clean stop."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

RESTARTS = 5  # within RESTART_WINDOW; one more, and everything stops
RESTART_WINDOW = 300.0  # seconds
RESTART_PAUSE = 1.0
GRACE = 20.0  # seconds a program has to finish after SIGTERM; work cut off is taken up again by the next worker
LAST_WORDS = 2.0  # seconds to read what was printed at the end
LINE_BYTES = 2**20
LEASH = Path(__file__).with_name("leash.py")


@dataclass(frozen=True)
class Program:
    """One program to keep running."""

    name: str
    argv: Sequence[str]


@dataclass
class Supervisor:
    """Keeps programs running until a signal comes or one of them dies too often.

    Each program is a session of its own, so a Ctrl-C in the terminal reaches the supervisor alone, and what is
    left of a dead program (workers that hold its port) is killed before it is started again.
    """

    programs: Sequence[Program]
    companions: Sequence[Callable[[], Awaitable[None]]] = ()
    failed: bool = False
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> int:
        """Run until told to stop; the exit code: 0 stopped by a signal, 1 by a failure."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
                loop.add_signal_handler(number, self.stopping.set)
        companions = [asyncio.ensure_future(self._beside(companion)) for companion in self.companions]
        await asyncio.gather(*(self._keep_running(program) for program in self.programs))
        for task in companions:
            task.cancel()
        await asyncio.gather(*companions, return_exceptions=True)
        return int(self.failed)

    def fail(self, reason: str) -> None:
        """Stop everything for this reason."""
        self.say("salescrm", f"{reason}; stopping")
        self.failed = True
        self.stopping.set()

    def say(self, name: str, line: str) -> None:
        """Print one line of the log."""
        width = max(len("salescrm"), *(len(program.name) for program in self.programs))
        try:
            print(f"{name:<{width}} | {line}", flush=True)
        except OSError:  # whoever read the log is gone
            self.stopping.set()

    async def _beside(self, companion: Callable[[], Awaitable[None]]) -> None:
        try:
            await companion()
        except Exception as error:  # whatever it is, going on without the companion would hide it
            self.fail(str(error))

    async def _keep_running(self, program: Program) -> None:
        ends: deque[float] = deque(maxlen=RESTARTS + 1)
        while not self.stopping.is_set():
            reading, writing = os.pipe()
            process = await self._start(program, writing)
            pump = asyncio.ensure_future(self._pump(program, reading))
            await self._wait(process)
            await _end(process)
            await asyncio.wait([pump], timeout=LAST_WORDS)
            pump.cancel()
            if self.stopping.is_set():
                return
            ends.append(time.monotonic())
            if len(ends) > RESTARTS and ends[-1] - ends[0] < RESTART_WINDOW:
                self.fail(f"{program.name} died {len(ends)} times in {RESTART_WINDOW / 60:.0f} minutes")
                return
            self.say("salescrm", f"{program.name} ended with code {process.returncode}; starting it again")
            await self._pause(RESTART_PAUSE)

    async def _start(self, program: Program, writing: int) -> asyncio.subprocess.Process:
        """Start it with a pipe of our own: with asyncio's, a wait lasts as long as any grandchild holds the pipe."""
        try:
            return await asyncio.create_subprocess_exec(
                *[sys.executable, "-S", str(LEASH), str(os.getpid()), *program.argv],
                stdin=asyncio.subprocess.DEVNULL,
                stdout=writing,
                stderr=asyncio.subprocess.STDOUT,
                env=os.environ | {"PYTHONUNBUFFERED": "1"},
                start_new_session=True,
            )
        finally:
            os.close(writing)

    async def _pump(self, program: Program, reading: int) -> None:
        reader = asyncio.StreamReader(limit=LINE_BYTES)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(reading, "rb", 0)
        )
        with contextlib.closing(transport):
            while not reader.at_eof():
                with contextlib.suppress(ValueError):  # a line longer than LINE_BYTES is dropped
                    line = await reader.readline()
                    if line:
                        self.say(program.name, line.decode(errors="replace").rstrip())

    async def _wait(self, process: asyncio.subprocess.Process) -> None:
        ended, told = asyncio.ensure_future(process.wait()), asyncio.ensure_future(self.stopping.wait())
        await asyncio.wait([ended, told], return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        told.cancel()

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the program if it still runs, then whatever is left of its session."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), GRACE)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
