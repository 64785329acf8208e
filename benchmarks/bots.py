"""The bots that are compared, each started as its users start it, on loopback.

`rasa init` makes the starter; the other stock bot is Rasa's default pipeline and policies on our
own domain, training data and actions.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import rasa
import yaml

from benchmarks.load import Server
from bot.database.sealing import new_key
from bot.settings import ROOT
from bot.training import QUESTIONS_FILE
from tests.services import free_port

TICKS = os.sysconf("SC_CLK_TCK")
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1e6
STARTER = Path(rasa.__file__).parent / "cli" / "initial_project"
# What `rasa init` trains when its configuration is left empty (Rasa 3.6.21).
PIPELINE = [
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True},
    {"name": "EntitySynonymMapper"},
    {"name": "ResponseSelector", "epochs": 100, "constrain_similarities": True},
    {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
]
POLICIES = [
    {"name": "MemoizationPolicy"},
    {"name": "RulePolicy"},
    {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": 100},
    {"name": "TEDPolicy", "max_history": 5, "epochs": 100, "constrain_similarities": True},
]
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "RASA_MAX_CACHE_SIZE": "0", "TF_CPP_MIN_LOG_LEVEL": "3"}


@dataclass
class Bot:
    """A bot that runs. `ready_s`: from its start to the first answer; `trained_s` its training."""

    name: str
    server: Server
    ready_s: float
    trained_s: float | None
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    note: str = ""

    def memory_mb(self) -> float:
        """Resident memory of all its processes."""
        return round(sum(_stat(p.pid)[1] for p in self._living()), 0)

    def cpu_s(self) -> float:
        """CPU time that all its processes have used."""
        return sum(_stat(p.pid)[0] for p in self._living())

    def _living(self) -> list[subprocess.Popen[bytes]]:
        return [p for p in self.processes if p.poll() is None]


def _stat(pid: int) -> tuple[float, float]:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS, int(fields[21]) * PAGE_MB


@contextmanager
def our_bot(folder: Path, log: Path) -> Iterator[Bot]:
    """What `make run` starts: one process, SQLite."""
    environment = {"DATABASE_URL": f"sqlite:///{folder}/bot.db"}
    with _ours(["-m", "bot", "run"], [environment], log) as bot:
        bot.name = "AfterALL, one process, SQLite"
        yield bot


@contextmanager
def timed_bot(folder: Path, log: Path, output: Path) -> Iterator[Bot]:
    """The same with a clock around the parts of a message (benchmarks/timed_bot.py)."""
    environment = {"DATABASE_URL": f"sqlite:///{folder}/timed.db"}
    command = ["-m", "benchmarks.timed_bot", str(output)]
    with _ours(command, [environment], log) as bot:
        yield bot


@contextmanager
def our_two_bots(database: str, redis: str, log: Path) -> Iterator[Bot]:
    """Two processes with PostgreSQL and Redis; actions in process."""
    environment = {"DATABASE_URL": database, "REDIS_URL": redis, "RECORDS_KEY": new_key()}
    _run([sys.executable, "-m", "bot", "prepare"], log, environment)
    with _ours(["-m", "bot", "serve"], [environment, environment], log) as bot:
        bot.name = "AfterALL, two processes, PostgreSQL and Redis"
        yield bot


@contextmanager
def _ours(arguments: list[str], environments: Sequence[dict[str, str]], log: Path) -> Iterator[Bot]:
    free = {"MESSAGES_PER_MINUTE": "1000000", "SESSIONS_PER_MINUTE": "1000000"}
    with ExitStack() as running:
        begun = time.monotonic()
        urls, processes = [], []
        for environment in environments:
            port = free_port()
            settings = {**environment, **free, "PORT": str(port)}
            command = [sys.executable, *arguments]
            processes.append(running.enter_context(_process(command, log, settings)))
            urls.append(f"http://127.0.0.1:{port}")
        for url, process in zip(urls, processes, strict=True):
            _wait(f"{url}/readyz", process, log)
        ready = time.monotonic() - begun
        yield Bot("", Server(tuple(urls)), ready, None, processes)


@contextmanager
def starter_bot(folder: Path, log: Path) -> Iterator[Bot]:
    """`rasa init`, trained here."""
    home = folder / "starter"
    shutil.copytree(STARTER, home, ignore=shutil.ignore_patterns("__pycache__"))
    _configure(home, PIPELINE, POLICIES)
    with _stock(home, ["data"], log) as bot:
        bot.name = "Rasa starter bot (DIET and TED)"
        yield bot


@contextmanager
def stock_on_our_domain(folder: Path, log: Path, *, epochs: int) -> Iterator[Bot]:
    """Rasa's defaults on our domain and actions. Trained for a few epochs only (how long a message
    takes does not depend on it); the time is that of these epochs."""
    home = folder / "stock"
    shutil.copytree(ROOT / "data", home / "data")
    shutil.copy(QUESTIONS_FILE, home / "data" / "questions.yml")
    shutil.copy(ROOT / "domain.yml", home / "domain.yml")
    few = [{**c, "epochs": epochs} if "epochs" in c else c for c in PIPELINE]
    _configure(home, few, [{**p, "epochs": epochs} if "epochs" in p else p for p in POLICIES])
    port = free_port()
    (home / "endpoints.yml").write_text(
        yaml.safe_dump({"action_endpoint": {"url": f"http://127.0.0.1:{port}/webhook"}})
    )
    command = [sys.executable, "-m", "bot.rasa_parts.action_server", str(port)]
    settings = {"DATABASE_URL": f"sqlite:///{folder}/bot.db"}
    with _process(command, log, settings) as actions, _stock(home, ["data"], log) as bot:
        bot.name = f"Rasa's defaults on our domain, actions on a server ({epochs} epochs)"
        bot.processes.append(actions)
        yield bot


def _configure(home: Path, pipeline: object, policies: object) -> None:
    config = {
        "recipe": "default.v1",
        "assistant_id": "bench",
        "language": "en",
        "pipeline": pipeline,
        "policies": policies,
    }
    (home / "config.yml").write_text(yaml.safe_dump(config))
    (home / "credentials.yml").write_text("rest:\n")


@contextmanager
def _stock(home: Path, data: list[str], log: Path) -> Iterator[Bot]:
    command = [str(ROOT / ".venv" / "bin" / "rasa")]
    begun = time.monotonic()
    training = [*command, "train", "--data", *data, "--out", "models"]
    _run(training, log, {**QUIET, "PYTHONPATH": str(ROOT)}, cwd=home)
    trained = time.monotonic() - begun
    port, begun = free_port(), time.monotonic()
    run = [*command, "run", "--port", str(port), "--interface", "127.0.0.1"]
    with _process(run, log, {**QUIET, "PYTHONPATH": str(ROOT)}, cwd=home) as process:
        url = f"http://127.0.0.1:{port}"
        _wait(f"{url}/", process, log)
        ready = time.monotonic() - begun
        yield Bot("", Server((url,), is_ours=False), ready, trained, [process])


def train_ours(log: Path) -> float:
    """Seconds of `python -m bot train` (vectors of known texts are kept in var/encoder)."""
    begun = time.monotonic()
    _run([sys.executable, "-m", "bot", "train"], log, {})
    return time.monotonic() - begun


def _run(command: list[str], log: Path, environment: dict[str, str], cwd: Path = ROOT) -> None:
    with log.open("ab") as output:
        done = subprocess.run(
            command, cwd=cwd, env={**os.environ, **environment}, stdout=output, stderr=output
        )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed; see {log}")


@contextmanager
def _process(
    command: list[str], log: Path, environment: dict[str, str], cwd: Path = ROOT
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=cwd, env={**os.environ, **environment}, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(15)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"a bot stopped; see {log}")
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"{url} was not ready in {seconds} s; see {log}")
