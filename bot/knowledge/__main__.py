"""`python -m bot.knowledge new | show | preview | find | load`: for editors of content/."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bot.content.all_content import read_content
from bot.content.files import Problems
from bot.content.knowledge import AUDIENCES, Knowledge
from bot.content.texts import read_texts
from bot.database.engine import connect, upgrade
from bot.errors import BotError, ContentError
from bot.knowledge.base import Catalogue, KnowledgeBase
from bot.knowledge.from_content import catalogue_of, readable_knowledge
from bot.knowledge.load import load_knowledge
from bot.knowledge.new_entry import new_entry
from bot.knowledge.replies import answer_reply
from bot.knowledge.search import entry_search
from bot.rendering.reply import Reply
from bot.settings import ROOT, settings

PREVIEWS = ROOT / "var" / "preview"


def main(arguments: list[str]) -> int:
    """Run one command; an error that can be explained is a message and exit code 1."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except ContentError as error:
        _say(f"content/ has {len(error.problems)} problem(s); nothing was done:")
        for problem in error.problems:
            _say(f"  content/{problem}")
        return 1
    except BotError as error:
        _say(str(error))
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.knowledge", description=__doc__)
    parser.add_argument("--content", type=Path, default=ROOT / "content", help="another folder")
    commands = parser.add_subparsers(required=True, metavar="command")
    new = commands.add_parser("new", help="write the skeleton of a new entry")
    new.add_argument("topic")
    new.add_argument("name")
    new.add_argument("--audience", choices=AUDIENCES, default="any")
    new.set_defaults(run=_new)
    show = commands.add_parser("show", help="print an entry as it is sent")
    show.add_argument("entry")
    show.add_argument("--as", dest="form", choices=["text", "web", "slack"], default="text")
    show.set_defaults(run=_show)
    preview = commands.add_parser("preview", help="a page with an entry, or a topic, and its facts")
    preview.add_argument("name", metavar="entry-or-topic")
    preview.set_defaults(run=_preview)
    find = commands.add_parser("find", help="which entry would answer a question")
    find.add_argument("question", nargs="+")
    find.set_defaults(run=_find)
    load = commands.add_parser("load", help="check content/ and give its answers to a running bot")
    load.set_defaults(run=_load)
    return parser


def _new(options: argparse.Namespace) -> None:
    path, text = new_entry(options.content, options.topic, options.name, audience=options.audience)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    _say(f"{path}\nFill it in; `make content` says what is still to do.")


def _show(options: argparse.Namespace) -> None:
    knowledge = _with_entry(options.content, options.entry)
    replies = _replies(options.entry, catalogue_of(knowledge), knowledge, options.content)
    for reply in replies:
        if options.form == "text":
            _say(reply.as_plain() + "\n")
        elif options.form == "web":
            _say(json.dumps(reply.as_json(), indent=2, ensure_ascii=False))
        else:
            from bot.rendering.slack import slack_messages

            for message in slack_messages(reply.as_json(), labels={}):
                shown = {"text": message.text, "blocks": message.blocks}
                _say(json.dumps(shown, indent=2, ensure_ascii=False))


def _preview(options: argparse.Namespace) -> None:
    from bot.knowledge.preview import preview_page

    knowledge = _with_entry(options.content, options.name)
    catalogue = catalogue_of(knowledge)
    shown = []
    for entry in knowledge.entries.values():
        if options.name in (entry.id, entry.topic):
            short, *more = _replies(entry.id, catalogue, knowledge, options.content)
            shown.append((entry, short, more[0] if more else None))
    PREVIEWS.mkdir(parents=True, exist_ok=True)
    page = PREVIEWS / f"{options.name}.html"
    page.write_text(preview_page(options.name, shown, knowledge), encoding="utf-8")
    _say(f"Open in a browser: {page.as_uri()}")


def _find(options: argparse.Namespace) -> None:
    from bot.knowledge.finding import found
    from bot.training import QUESTIONS_FILE, model_path

    model = model_path(QUESTIONS_FILE) if QUESTIONS_FILE.exists() else None
    archive = model if model is not None and model.exists() else None
    content = read_content(options.content)
    for line in found(" ".join(options.question), content, archive):
        _say(line)


def _load(options: argparse.Namespace) -> None:
    content = read_content(options.content)
    engine = connect(settings().database_url)
    upgrade(engine)
    loaded = load_knowledge(engine, content.knowledge)
    entry_search(KnowledgeBase(engine).catalogue())  # encodes new texts, so that the bot need not
    engine.dispose()
    state = "loaded" if loaded else "up to date"
    _say(f"{len(content.knowledge.entries)} entries: {state}; a running bot answers with them.")
    _say("New example questions, and all files but entries, facts and topics: from its next start.")


def _with_entry(root: Path, name: str) -> Knowledge:
    """What can be shown; an error that says why this entry (or topic) cannot."""
    knowledge, problems = readable_knowledge(root)
    if name in knowledge.entries or name in {e.topic for e in knowledge.entries.values()}:
        return knowledge
    own = [line for line in problems if line.startswith(f"entries/{name.replace('.', '/')}.yml")]
    if own:
        raise ContentError(own)
    raise BotError(f"no entry or topic {name!r}; entries are named topic.name")


def _replies(
    entry_id: str, catalogue: Catalogue, knowledge: Knowledge, root: Path
) -> tuple[Reply, ...]:
    """The answer, and what is said to "tell me more" where there is more."""
    more_label = read_texts(root, Problems(), knowledge.topics).labels.get("more_detail", "More")
    entry = catalogue.entries[entry_id]
    parts = ("short", "more") if any(s.part == "more" for s in entry.sentences) else ("short",)
    return tuple(answer_reply(entry, catalogue, part=p, more_label=more_label) for p in parts)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
