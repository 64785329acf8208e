"""`python -m bot.interview questionnaire`: the interview as a FHIR R4 Questionnaire."""

from __future__ import annotations

import argparse
import json
import sys

from bot.content.all_content import read_content
from bot.errors import BotError
from bot.interview.fhir import questionnaire
from bot.settings import settings


def main(arguments: list[str]) -> int:
    """Write JSON to the standard output."""
    parser = argparse.ArgumentParser(prog="python -m bot.interview", description=__doc__)
    parser.add_argument("command", choices=["questionnaire"])
    parser.parse_args(arguments)
    try:
        content = read_content(settings().content_folder)
    except BotError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    made = json.dumps(questionnaire(content.interview), indent=2, ensure_ascii=False)
    sys.stdout.write(f"{made}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
