"""Rule tests: the files in ``tests/`` of a catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from attrs import define, field

from cmf.load.context import Context
from cmf.load.faults import Faults
from cmf.load.fields import Fields, NotAMapping, check_new, check_option
from cmf.load.folder import Folder
from cmf.load.nodes import Node
from cmf.load.sections import read_sources
from cmf.model.rule_tests import BestText, Claim, RuleTest
from cmf.source import Span, Text

TESTS_FOLDER = "tests"

_CLAIMS = tuple(claim.value for claim in Claim)
_KEYS = ("id", "title", "where", *_CLAIMS, "because", "source")
_BEST_KEYS = ("least", "greatest", "value", "variant")
_COUNT = re.compile(r"\d{1,3}(?:[ _]\d{3})+\Z|\d+\Z")


def rule_test_files(folder: Path) -> list[str]:
    """The files of rule tests of a catalogue folder, relative to it, sorted.

    Raises
    ------
    InputError
        When ``tests`` cannot be read, or holds a file that nobody would read.
    """
    faults = Faults()
    found = _files(Context(Folder(folder, faults), faults))
    faults.raise_if_any()
    return found


def read_rule_tests(folder: Path, files: Iterable[str] | None = None) -> tuple[RuleTest, ...]:
    """Read the rule tests of a catalogue, in the order of the files.

    Statements are kept as text; whoever resolves them reports their faults.

    Parameters
    ----------
    files
        Which files, relative to the folder; all of them by default.

    Raises
    ------
    InputError
        With every fault found.
    """
    faults = Faults()
    context = Context(Folder(folder, faults), faults)
    context.sources = read_sources(context)
    chosen = _files(context) if files is None else files
    reader = _Reader(context)
    tests = [test for relative in chosen for test in reader.read(relative)]
    faults.raise_if_any()
    return tuple(tests)


def _files(context: Context) -> list[str]:
    found = []
    for name in context.folder.names(TESTS_FOLDER):
        relative = f"{TESTS_FOLDER}/{name}"
        if name.endswith(".yml"):
            message = f"{relative} is not read"
            span = context.folder.source(relative).whole()
            remedy = f"rename it {name.removesuffix('.yml')}.yaml"
            context.faults.add("bad-file-name", message, span, remedy)
        if name.endswith(".yaml"):
            found.append(relative)
    return found


@define
class _Reader:
    context: Context
    _seen: dict[str, Span] = field(factory=dict)

    def read(self, relative: str) -> list[RuleTest]:
        top = self.context.fields(relative, "a file of rule tests", ("tests",))
        if top is None:
            return []
        top.require("tests", empty=True)
        tests = [self._test(node) for node in top.items("tests")]
        return [test for test in tests if test is not None]

    def _test(self, node: Node) -> RuleTest | None:
        faults = self.context.faults
        before = faults.count()
        try:
            fields = Fields.of(node, "a rule test", _KEYS, faults)
        except NotAMapping:
            return None
        fields.require("id")
        name = fields.text("id")
        if name is not None and check_option(name, "a rule test", faults):
            check_new(name, self._seen, "the rule test", faults)
        claim = self._claim(fields, name)
        if "where" in fields:
            fields.require("where")
        source = self.context.source_ids(fields.text("source"))
        if claim is None or name is None:
            return None
        test = RuleTest(
            id=name.value,
            claim=claim,
            where=fields.text("where"),
            statements=self._statements(fields, claim),
            count=self._count(fields) if claim is Claim.COUNT else None,
            best=self._best(fields) if claim is Claim.BEST else None,
            title=fields.string("title"),
            because=fields.string("because"),
            source=source,
            span=name.span,
        )
        return test if faults.count() == before else None

    def _claim(self, fields: Fields, name: Text | None) -> Claim | None:
        given = [key for key in _CLAIMS if key in fields]
        if len(given) == 1:
            fields.require(given[0])
            return Claim(given[0])
        if not fields.misspelt.intersection(_CLAIMS):
            said = " and ".join(f"`{key}`" for key in given) or "none of them"
            self.context.faults.add(
                "test-claim",
                f"a rule test has one of {', '.join(f'`{c}`' for c in _CLAIMS)}; this has {said}",
                fields.keys[given[1]].span if given else (name.span if name else fields.span),
                "split it into several tests" if given else "say what is claimed: `possible: …`",
            )
        return None

    def _statements(self, fields: Fields, claim: Claim) -> tuple[Text, ...]:
        if claim in (Claim.COUNT, Claim.BEST):
            return ()
        if claim is not Claim.EXACTLY_ONE:
            text = fields.text(claim.value)
            return () if text is None else (text,)
        found = fields.words(claim.value)
        if len(found) == 1:
            message = "`exactly-one` compares several statements, and there is one"
            remedy = "list two or more, or write `always`"
            self.context.faults.add("test-claim", message, found[0].span, remedy)
        elif not found and claim.value in fields:
            span = fields.keys[claim.value].span
            self.context.faults.add("missing-value", "there is no statement", span, "list some")
        return found

    def _count(self, fields: Fields) -> int | None:
        text = fields.text(Claim.COUNT.value)
        if text is None:
            return None
        written = text.value.strip()
        if not _COUNT.match(written) or len(written) > 400:
            message = f"`{text.value[:40]}` is not a number of variants"
            remedy = "write digits, in groups of three if you like: `12 000`"
            self.context.faults.add("bad-count", message, text.span, remedy)
            return None
        return int(written.replace(" ", "").replace("_", ""))

    def _best(self, fields: Fields) -> BestText | None:
        faults = self.context.faults
        try:
            keys = Fields.of(fields.nodes[Claim.BEST.value], "`best`", _BEST_KEYS, faults)
        except NotAMapping:
            return None
        given = [key for key in ("least", "greatest") if key in keys]
        if len(given) != 1 and not keys.misspelt:
            message = "`best` has one of `least` and `greatest`"
            faults.add("test-claim", message, keys.span, "name the quantity: `least: unit_cost`")
        keys.require(*given)
        if not {"value", "variant"}.intersection(keys.nodes) and not keys.misspelt:
            message = "`best` has `value`, `variant` or both"
            remedy = "say what the optimum is: `value: 12 345 EUR`"
            faults.add("test-claim", message, keys.span, remedy)
        quantity = keys.text(given[0]) if given else None
        if quantity is None:
            return None
        greatest = given[0] == "greatest"
        return BestText(quantity, greatest, keys.text("value"), keys.text("variant"))
