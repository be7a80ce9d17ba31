"""Processes for homework: each file is run in one of its own, which is ended when it has answered or taken too long."""

from __future__ import annotations

import contextlib
import os
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any

import nn
from nn.grading.exchange import Garbled, replies
from nn.grading.worker import Job
from nn.messages import message

# Starting takes part of a second; on a machine that is busy with much else, some.
STARTUP = 60.0
# One that runs for longer lets another start beside it: so a few endless loops do not hold up a whole class.
PATIENCE = 2.0
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
_PROGRAM = "import sys; sys.path[:] = {path!r}; from nn.grading.worker import main; main()"

Reply = dict[str, Any]


class Workers:
    """Runs jobs, so many at a time.

    Parameters
    ----------
    count : int
        How many run at a time; one that runs for longer than a few seconds no longer counts.
    """

    def __init__(self, count: int) -> None:
        self._places = threading.Semaphore(count)
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._is_closed = False

    def run(self, source: bytes, name: str, job: Job) -> Reply:
        """Run a job on a copy of the student's file, in a folder that is thrown away.

        Parameters
        ----------
        source : bytes
            The student's file.
        name : str
            Its name.
        job : Job

        Returns
        -------
        dict
            What the worker answered, or of the kind 'failed' with a message.
        """
        self._places.acquire()
        once = _Once(self._places.release)
        try:
            with tempfile.TemporaryDirectory(prefix="autograd-lite-", ignore_cleanup_errors=True) as folder:
                copy = Path(folder, name)
                copy.write_bytes(source)
                return self._in(folder, replace(job, file=str(copy)), once)
        finally:
            once()

    def close(self) -> None:
        """End what is running; what is run from now on ends at once."""
        with self._lock:
            self._is_closed = True
            running = list(self._running)
        for process in running:
            _end(process)

    def _in(self, folder: str, job: Job, when_slow: Callable[[], None]) -> Reply:
        with tempfile.TemporaryFile() as log:
            process = _started(folder, log)
            with self._lock:
                self._running.add(process)
                is_closed = self._is_closed
            try:
                if is_closed:
                    return _failed("homework.not_started", job.lang, reason="")
                return _Conversation(process, job).reply(when_slow, log)
            finally:
                _end(process)
                with self._lock:
                    self._running.discard(process)


class _Once:
    """Calls a function the first time it is called itself."""

    def __init__(self, function: Callable[[], None]) -> None:
        self._function: Callable[[], None] | None = function

    def __call__(self) -> None:
        function, self._function = self._function, None
        if function is not None:
            function()


class _Conversation:
    """One job told to a process, and its replies as they come."""

    def __init__(self, process: subprocess.Popen[bytes], job: Job) -> None:
        self._process, self._job = process, job
        self._replies: SimpleQueue[Reply | None] = SimpleQueue()
        for work in (self._tell, self._listen):
            threading.Thread(target=work, daemon=True).start()

    def reply(self, when_slow: Callable[[], None], log: IO[bytes]) -> Reply:
        """Return the answer, or what came instead of one."""
        job = self._job
        ready = self._next(STARTUP)
        if ready is None or ready.get("kind") != "ready":
            return _failed("homework.not_started", job.lang, reason=_last_line(log))
        try:
            return self._answer(when_slow)
        except Empty:
            return _failed("homework.too_long", job.lang, seconds=f"{job.seconds:g}")

    def _answer(self, when_slow: Callable[[], None]) -> Reply:
        deadline = time.monotonic() + self._job.seconds
        try:
            answer = self._replies.get(timeout=min(PATIENCE, self._job.seconds))
        except Empty:
            when_slow()
            _give_way(self._process)
            answer = self._replies.get(timeout=max(0.0, deadline - time.monotonic()))
        return answer or _failed("homework.ended", self._job.lang, how=_how_it_ended(self._process, self._job.lang))

    def _next(self, seconds: float) -> Reply | None:
        try:
            return self._replies.get(timeout=seconds)
        except Empty:
            return None

    def _tell(self) -> None:
        """Send the job; the pipe stays open, for its end tells the worker that nobody listens any more."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError, ValueError):
            pickle.dump(self._job, self._process.stdin)
            self._process.stdin.flush()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        try:
            for reply in replies(self._process.stdout):
                self._replies.put(reply)
        except Garbled:
            self._replies.put(_failed("homework.garbled", self._job.lang))
        except (OSError, ValueError):
            pass
        self._replies.put(None)
        with contextlib.suppress(OSError):
            self._process.stdout.close()


def _started(folder: str, log: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a worker that finds the packages where this process does, and nothing in the folders of the homework."""
    root = os.path.dirname(os.path.dirname(os.path.abspath(nn.__file__)))
    path = [each for each in map(os.path.abspath, sys.path) if each == root or not _is_here(each)]
    path += [] if root in path else [root]
    return subprocess.Popen(
        [sys.executable, "-I", "-B", "-X", "utf8", "-c", _PROGRAM.format(path=path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        cwd=folder,
        env={**os.environ, **dict.fromkeys(_THREADS, "1")},
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )


def _is_here(folder: str) -> bool:
    try:
        return os.path.samefile(folder, os.curdir)
    except OSError:
        return False


def _give_way(process: subprocess.Popen[bytes]) -> None:
    """Let the others have the processors first."""
    if hasattr(os, "setpriority"):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PGRP, process.pid, 10)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a worker and whatever it started."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        elif process.poll() is None and (taskkill := shutil.which("taskkill")):
            subprocess.run([taskkill, "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
    with contextlib.suppress(OSError):
        process.kill()
    process.wait()
    # Its output is closed by the thread that reads it: a process that got away may hold it open still.
    with contextlib.suppress(OSError, ValueError):
        if process.stdin is not None:
            process.stdin.close()


def _how_it_ended(process: subprocess.Popen[bytes], lang: str) -> str:
    try:
        code = process.wait(timeout=1.0)
    except subprocess.TimeoutExpired:
        return message("homework.silent", lang)
    if code >= 0:
        return message("homework.exit_code", lang, code=code)
    try:
        return message("homework.signal", lang, name=signal.Signals(-code).name)
    except ValueError:
        return message("homework.signal", lang, name=-code)


def _last_line(log: IO[bytes]) -> str:
    log.seek(0)
    lines = log.read().decode("utf-8", "replace").splitlines()
    return lines[-1] if lines else ""


def _failed(key: str, lang: str, **values: object) -> Reply:
    return {"kind": "failed", "message": message(key, lang, **values)}
