"""`python -m bot COMMAND`: what `make run`, the images of deploy/ and operators call."""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bot import upkeep
from bot.content.all_content import Content
from bot.content.kept import kept_content
from bot.database.engine import connect, upgrade
from bot.errors import BotError, ContentError
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.load import load_knowledge
from bot.knowledge.search import entry_search
from bot.logs import configure_logs
from bot.records.sealing_keys import check_keys, keys_of, prepare_keys
from bot.reports.command import add_report, report
from bot.settings import ROOT, Settings, settings
from bot.training import MODELS, QUESTIONS_FILE, model_path, write_questions

TRAINING_LOG = ROOT / "var" / "log" / "training.log"
TRAINING_TAKES_S = 60
console = Console(highlight=False)


def main(arguments: list[str]) -> int:
    """Run one command; an error that can be explained is one message and exit code 1."""
    wanted = _parser().parse_args(arguments)
    try:
        configure_logs(settings())
        wanted.call(wanted)
    except ContentError as error:
        console.print(
            f"[bold]content/ has {len(error.problems)} problem(s); nothing was started:[/]"
        )
        for problem in error.problems:
            console.print(f"  content/{problem}", markup=False)
        return 1
    except BotError as error:
        console.print(f"Not done: {error}", markup=False)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot")
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(name: str, says: str, call: Callable[..., object]) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=says, description=says)
        made.set_defaults(call=lambda given: call(given))
        return made

    add("run", "prepare what is missing, then serve until Ctrl-C", lambda _: run(settings()))
    add("prepare", "tables, content, model and key as they must be", lambda _: prepare(settings()))
    add("serve", "serve what was prepared", lambda _: serve_prepared(settings()))
    add("train", "train the model anew", lambda _: _train_now(settings()))
    add("new-key", "print a new key for RECORDS_KEY", lambda _: upkeep.print_key())
    add(
        "rotate-key",
        "seal all records with the newest key",
        lambda _: upkeep.rotate_key(settings()),
    )
    add("purge", "delete what is older than RETENTION_DAYS", lambda _: upkeep.purge_now(settings()))
    add_report(add("report", "what got no answer, what did not help, and more", report))
    saving = add("backup", "write a backup of the database into a new file", _backup)
    putting = add("restore", "put a backup in place; stop the bots first", _restore)
    for command in (saving, putting):
        command.add_argument("file", type=Path)
    putting.add_argument("--force", action="store_true", help="overwrite conversations")
    return parser


def _backup(wanted: argparse.Namespace) -> None:
    upkeep.backup_to(settings(), wanted.file)


def _restore(wanted: argparse.Namespace) -> None:
    upkeep.restore_from(settings(), wanted.file, force=wanted.force)


def run(config: Settings) -> None:
    """Prepare what is missing, then serve until Ctrl-C."""
    begun = time.monotonic()
    _refuse_port_in_use(config)
    model = prepare(config)
    console.print("4/4 starting the bot")
    from bot.rasa_parts.server import serve

    def ready() -> None:
        took = time.monotonic() - begun
        if config.has_slack:
            console.print("Slack: on, at /webhooks/slack/webhook (docs/slack.md)")
        console.print(
            f"ready after {took:.0f} s: [bold]http://localhost:{config.port}/chat[/] (Ctrl-C stops)"
        )

    serve(config, model, on_ready=ready)
    console.print("stopped")


def serve_prepared(config: Settings) -> None:
    """One of several bots: serve what `prepare` has prepared once for all of them. A bot of an
    older release so never puts its own content back. Raises BotError when something is missing."""
    _refuse_port_in_use(config)
    content = kept_content(config.content_folder)
    model = model_path(write_questions(content.knowledge))
    if not model.exists():
        raise BotError("there is no model for this content; run `python -m bot prepare` first")
    engine = connect(config.database_url, keys_of(config))
    check_keys(engine)
    entry_search(KnowledgeBase(engine).catalogue())
    engine.dispose()
    from bot.rasa_parts.server import serve

    serve(config, model, on_ready=lambda: console.print(f"ready on port {config.port}"))


def prepare(config: Settings) -> Path:
    """Content, database and model as they must be; does only what has changed. The model's path."""
    console.print("1/4 reading content/")
    content = kept_content(config.content_folder)
    engine = connect(config.database_url)
    upgrade(engine)
    if prepare_keys(engine, config):
        console.print("    made a key for what people write: var/records.key (keep it private)")
    loaded = load_knowledge(engine, content.knowledge)
    entry_search(KnowledgeBase(engine).catalogue())  # now, not in somebody's first turn
    engine.dispose()
    state = "loaded" if loaded else "up to date"
    console.print(f"2/4 knowledge base: {state} ({len(content.knowledge.entries)} entries)")
    return _model_of(content)


def _model_of(content: Content) -> Path:
    model = model_path(write_questions(content.knowledge))
    if model.exists():
        console.print("3/4 model: up to date")
        return model
    console.print("3/4 model: training, because its inputs changed")
    TRAINING_LOG.parent.mkdir(parents=True, exist_ok=True)
    with TRAINING_LOG.open("w") as log:
        # A process of its own: what training needs in memory is given back.
        training = subprocess.Popen(
            [sys.executable, "-m", "bot", "train"], stdout=log, stderr=log, cwd=ROOT
        )
        _show_progress(training)
    if training.returncode != 0 or not model.exists():
        raise BotError(f"training failed; its log is {TRAINING_LOG.relative_to(ROOT)}")
    for old in MODELS.glob("*.tar.gz"):
        if old != model:
            old.unlink()
    return model


def _show_progress(training: subprocess.Popen[bytes]) -> None:
    columns = (TextColumn("    training"), BarColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=console) as progress:
            task = progress.add_task("training", total=TRAINING_TAKES_S)
            while training.poll() is None:
                time.sleep(0.5)
                progress.update(task, advance=0.5)
            progress.update(task, completed=TRAINING_TAKES_S)
    except KeyboardInterrupt:
        training.terminate()
        training.wait()
        raise


def _train_now(config: Settings) -> None:
    from bot.rasa_parts.server import train

    train(config, model_path(QUESTIONS_FILE), [ROOT / "data", QUESTIONS_FILE])


def _refuse_port_in_use(config: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except OSError as error:
            raise BotError(
                f"port {config.port} is in use; stop what uses it, "
                "or choose another: PORT=5006 make run"
            ) from error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
