"""What the tests of content share."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import pytest

from bot.content import files


class KeepingLoader(files._UniqueKeyLoader):
    """Parses a text once and gives a new copy each time: most files are the same in every case, and
    parsing is half of the time of reading content/."""

    kept: dict[str, bytes] = {}

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._text = text

    def get_single_data(self) -> Any:
        """As the loader's own; an error is raised anew each time."""
        if self._text not in self.kept:
            self.kept[self._text] = pickle.dumps(super().get_single_data())
        return pickle.loads(self.kept[self._text])


@pytest.fixture(scope="package", autouse=True)
def parsed_once() -> Iterator[None]:
    """For all tests of content/."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "_UniqueKeyLoader", KeepingLoader)
        yield
