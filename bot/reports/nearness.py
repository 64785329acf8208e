"""Questions that ask nearly the same, together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.nlu.encoder import Encoder
from bot.reports.figures import Unanswered

# Cosine of two questions that ask the same in other words; read by eye on example questions.
NEAR = 0.72
# Newest first; more take minutes to compare, and nobody reads them.
MOST = 2000


@dataclass(frozen=True)
class Group:
    """The newest question of a group stands for it."""

    members: tuple[Unanswered, ...]

    @property
    def first(self) -> Unanswered:
        """The newest."""
        return self.members[0]

    @property
    def others(self) -> list[str]:
        """How else it was asked, each once."""
        other = (member.question for member in self.members[1:])
        return [text for text in dict.fromkeys(other) if text != self.first.question]


def grouped(questions: Sequence[Unanswered], encoder: Encoder) -> list[Group]:
    """The largest groups first. A question joins the group whose first member is nearest."""
    newest = sorted(questions, key=lambda q: (q.on, q.id), reverse=True)[:MOST]
    if not newest:
        return []
    vectors = encoder.encode_all([question.question for question in newest])
    leaders: list[int] = []
    members: dict[int, list[Unanswered]] = {}
    for number, question in enumerate(newest):
        near = vectors[leaders] @ vectors[number] if leaders else ()
        best = max(range(len(leaders)), key=lambda n: near[n], default=None)
        if best is None or near[best] < NEAR:
            leaders.append(number)
            members[number] = [question]
        else:
            members[leaders[best]].append(question)
    groups = [Group(tuple(members[leader])) for leader in leaders]
    return sorted(groups, key=lambda group: -len(group.members))
