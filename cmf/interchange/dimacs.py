"""DIMACS CNF: clauses over boolean variables, with names in comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from attrs import define, field

from cmf.errors import fail
from cmf.interchange.files import BOOLEAN, Faults, FilePath, read_source
from cmf.problem.formula import Member, Or
from cmf.problem.problem import Constraint, Origin, Problem, Variable
from cmf.source import Source, Span

MOST_VARIABLES = 200_000
MOST_CLAUSES = 500_000
_LONGEST_LINE = 2**20

_WORD = re.compile(r"\S+")
_NAME = re.compile(r"c\s+([0-9]{1,9})\s+(\S+)\s*")
_HEADER = re.compile(r"p\s+cnf\s+([0-9]{1,18})\s+([0-9]{1,18})\s*")
_LITERAL = re.compile(r"-?[0-9]{1,9}")


def read_dimacs(path: FilePath) -> Problem:
    """A CNF formula: a variable with the options ``no`` and ``yes`` for every boolean variable.

    A comment ``c 7 NAME`` of a number and one word names variable 7; a variable without a name is
    called ``v7``. Clause 12 of the file is the constraint ``clause 12``.

    Raises
    ------
    InputError
        The file is malformed or too large; names up to twenty faults.
    """
    source = read_source(path)
    reader = _Reader(source)
    for number, line in _lines(source.text):
        reader.read(number, line)
    return reader.problem(Path(path).stem)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, without a list of all of them."""
    start, number = 0, 1
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield number, text[start:end]
        start, number = end + 1, number + 1


@define
class _Reader:
    source: Source
    _faults: Faults = field(factory=Faults)
    _names: dict[int, tuple[str, Span]] = field(factory=dict)
    _declared: tuple[int, int] | None = None
    _header: Span | None = None
    _clauses: list[Constraint] = field(factory=list)
    _members: dict[str, Member] = field(factory=dict)
    # The clause that is not ended yet: its literals, and its first line.
    _open: dict[Member, None] = field(factory=dict)
    _start: tuple[int, str] | None = None

    def read(self, number: int, line: str) -> None:
        """Take in one line."""
        if len(line) > _LONGEST_LINE:
            message = f"the line has more than {_LONGEST_LINE:,} characters"
            raise fail("too-large", message, Span(self.source, number, 1, number, 2))
        if line.startswith("c"):
            self._comment(number, line)
        elif line.startswith("p"):
            self._problem_line(number, line)
        elif line and not line.isspace():
            if self._declared is None:
                message = "a clause stands before the line `p cnf VARIABLES CLAUSES`"
                raise fail("missing-header", message, self._span(number, line))
            self._clause_line(number, line, self._declared[0])

    def problem(self, name: str) -> Problem:
        """The problem, once every line is read."""
        if self._declared is None or self._header is None:
            message = "the line `p cnf VARIABLES CLAUSES` is missing"
            raise fail("missing-header", message, self.source.whole())
        if self._start is not None:
            message = "the last clause does not end with 0; the file may be cut off"
            self._faults.add("unended-clause", message, self._span(*self._start))
        if len(self._clauses) != self._declared[1]:
            message = (
                f"the header announces {self._declared[1]:,} clauses, "
                f"but the file has {len(self._clauses):,}"
            )
            self._faults.add("wrong-count", message, self._header)
        variables = self._variables(self._declared[0])
        self._faults.check()
        return Problem(name, variables, tuple(self._clauses))

    def _comment(self, number: int, line: str) -> None:
        # Any other comment is free text: only a number and a single word are a name.
        match = _NAME.fullmatch(line)
        if match is None or int(match[1]) > MOST_VARIABLES:
            return
        variable, name = int(match[1]), match[2]
        start, end = match.span(2)
        span = Span(self.source, number, start + 1, number, end + 1)
        if self._names.setdefault(variable, (name, span))[0] != name:
            message = f"variable {variable} has a second name, `{name[:40]}`"
            self._faults.add("duplicate-name", message, span)

    def _problem_line(self, number: int, line: str) -> None:
        span = self._span(number, line)
        match = _HEADER.fullmatch(line)
        if match is None:
            message = f"`{line[:40].rstrip()}` is not `p cnf VARIABLES CLAUSES`"
            raise fail("bad-header", message, span, "only plain CNF can be read")
        if self._declared is not None:
            raise fail("duplicate-header", "the line `p cnf` stands here again", span)
        variables, clauses = int(match[1]), int(match[2])
        if variables == 0:
            raise fail("no-variables", "the model has no variable", span)
        if variables > MOST_VARIABLES or clauses > MOST_CLAUSES:
            message = (
                f"more than {MOST_VARIABLES:,} variables or {MOST_CLAUSES:,} clauses are not read"
            )
            raise fail("too-large", message, span)
        self._declared, self._header = (variables, clauses), span

    def _clause_line(self, number: int, line: str, variables: int) -> None:
        members = self._members
        for position, word in enumerate(line.split()):
            if self._start is None:
                self._start = (number, line)
            if word == "0":
                self._end()
                continue
            member = members.get(word)
            if member is None:
                literal = int(word) if _LITERAL.fullmatch(word) else 0
                if not 1 <= abs(literal) <= variables:
                    self._bad_literal(number, line, position, variables)
                    continue
                member = Member(abs(literal) - 1, frozenset({1 if literal > 0 else 0}))
                members[word] = member
            self._open[member] = None

    def _end(self) -> None:
        if self._start is None:
            return
        number = len(self._clauses) + 1
        if number > MOST_CLAUSES:
            message = f"more than {MOST_CLAUSES:,} clauses are not read"
            raise fail("too-large", message, self._span(*self._start))
        origin = Origin("model", f"clause {number}", span=self._span(*self._start))
        self._clauses.append(Constraint(Or(tuple(self._open)), origin))
        self._open = {}
        self._start = None

    def _bad_literal(self, number: int, line: str, position: int, variables: int) -> None:
        words = list(_WORD.finditer(line))
        start, end = words[position].span()
        span = Span(self.source, number, start + 1, number, end + 1)
        word = line[start : min(end, start + 40)]
        if _LITERAL.fullmatch(word):
            message = f"the literal {word} is out of range: there are {variables:,} variables"
            self._faults.add("literal-out-of-range", message, span)
        else:
            self._faults.add("bad-literal", f"`{word}` is not a literal", span)

    def _variables(self, count: int) -> tuple[Variable, ...]:
        names: dict[str, int] = {}
        for variable in range(1, count + 1):
            name, span = self._names.get(variable, (f"v{variable}", self._header))
            if name in names and span is not None:
                message = f"variables {names[name]} and {variable} are both called `{name[:40]}`"
                self._faults.add("duplicate-name", message, span)
            names.setdefault(name, variable)
        return tuple(Variable(name, BOOLEAN) for name in names)

    def _span(self, number: int, line: str) -> Span:
        start = len(line) - len(line.lstrip()) + 1
        return Span(self.source, number, start, number, max(len(line.rstrip()), start) + 1)
