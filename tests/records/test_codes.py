"""Resume codes: no code is a word, so that none is read as one."""

from __future__ import annotations

from bot.channels.slack_input import code_in, is_surely_code
from bot.records.keys import CODE_LENGTH, new_code


def test_every_code_is_surely_one() -> None:
    for code in (new_code() for _ in range(500)):
        assert len(code) == CODE_LENGTH and is_surely_code(code)
        assert code_in(f"resume {code[:4]}-{code[4:]}") == code
