"""Certificates verify and agree with brute force; what is false or damaged is refused."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from kit import catalogue_files, statement_texts, text_of, valid, values, written

import cmf.verify
from cmf.analysis.certify import Patience, certify
from cmf.engines.brute import BruteEngine
from cmf.errors import InputError, LimitReached
from cmf.problem.lower import lower
from cmf.rules.resolve import resolve_condition
from cmf.rules.resolved import ResolvedCatalog
from cmf.source import Source, Span, Text
from cmf.verify import Certificate, Claim, Refused, read, verify

CATALOGUES = catalogue_files()
WHERE = st.lists(statement_texts(), max_size=2)


def opened(files: dict[str, str]) -> ResolvedCatalog:
    with tempfile.TemporaryDirectory() as folder:
        return written(files, Path(folder))


def proven(certificate: Certificate, resolved: ResolvedCatalog) -> bool:
    try:
        verify(certificate, resolved)
    except (Refused, InputError):
        return False
    return True


def reread(text: str | bytes) -> Certificate:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "c.json")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read(path)


def engine_count(resolved: ResolvedCatalog, where: list[str]) -> int:
    """What the engines count: by the lowered problem, not by the checker's own reading."""
    lowered = lower(resolved)
    texts = [Text(text, Span(Source("w", text), 1, 1, 1, 1)) for text in where]
    formulas = [lowered.condition(resolve_condition(resolved, text)) for text in texts]
    return len(list(BruteEngine().open(lowered.problem).where(*formulas).variants()))


@given(CATALOGUES, WHERE, st.integers(-3, 3).filter(bool))
@settings(max_examples=40, deadline=None)
def test_counts(files: dict[str, str], where: list[str], off: int) -> None:
    resolved = opened(files)
    claim = Claim("count", where, engine_count(resolved, where))
    assert claim.number == len(valid(resolved, claim))
    certificate = certify(resolved, claim)
    assert proven(reread(text_of(certificate)), resolved)
    assert not proven(evolve(certificate, claim=evolve(claim, number=claim.number + off)), resolved)


@given(CATALOGUES, WHERE, statement_texts())
@settings(max_examples=40, deadline=None)
def test_always(files: dict[str, str], where: list[str], statement: str) -> None:
    resolved = opened(files)
    claim = Claim("always", where, statement=statement)
    holds = not valid(resolved, claim)
    assert holds == (engine_count(resolved, [*where, f"not ({statement})"]) == 0)
    if holds:
        assert proven(certify(resolved, claim), resolved)
    else:
        with pytest.raises(LimitReached):
            certify(resolved, claim)


@given(CATALOGUES, WHERE, st.sampled_from(("total", "cost")), st.booleans())
@settings(max_examples=40, deadline=None)
def test_best(files: dict[str, str], where: list[str], quantity: str, greatest: bool) -> None:
    resolved = opened(files)
    claim = Claim("best", where, quantity=quantity, greatest=greatest)
    variants = valid(resolved, claim)
    assume(variants)
    numbers = values(resolved, variants, quantity)
    assert len(numbers) == len(variants)  # valid() asks that the quantity is defined
    end = max(numbers) if greatest else min(numbers)

    def of(number: int) -> Claim:
        variant = [[a, o] for a, o in variants[numbers.index(number)].items()]
        return evolve(claim, number=number, variant=variant)

    certificate = certify(resolved, of(end))
    assert proven(reread(text_of(certificate)), resolved)
    for worse in set(numbers) - {end}:
        assert not proven(evolve(certificate, claim=of(worse)), resolved)
    too_good = evolve(of(end), number=end + (1 if greatest else -1))
    assert not proven(evolve(certificate, claim=too_good), resolved)


@given(CATALOGUES, WHERE, st.data())
@settings(max_examples=50, deadline=None)
def test_whatever_is_forged_what_is_proven_is_true(
    files: dict[str, str], where: list[str], data: st.DataObject
) -> None:
    """Someone changes nodes, reasons or the claim, and mends the checksum."""
    resolved = opened(files)
    claim = Claim("count", where, engine_count(resolved, where))
    certificate = certify(resolved, claim)
    nodes = [[list(part) for part in node] for node in certificate.nodes]
    for _ in range(data.draw(st.integers(1, 3))):
        node = data.draw(st.sampled_from(nodes))
        part = data.draw(st.sampled_from(node))
        if part:
            place = data.draw(st.integers(0, len(part) - 1))
            part[place] = data.draw(st.integers(-len(certificate.reasons) - 1, len(nodes) + 1))
    reasons = list(data.draw(st.permutations(certificate.reasons)))
    number = claim.number + data.draw(st.integers(-2, 2))
    forged = evolve(certificate, nodes=nodes, reasons=reasons, claim=evolve(claim, number=number))
    if proven(forged, resolved):
        assert number == claim.number


@pytest.fixture(scope="module")
def small() -> tuple[ResolvedCatalog, list[Certificate]]:
    files = {
        "catalog.yaml": "format: 1\nname: s\ncurrency: EUR\nslots:\n  - name: a\n"
        "    attributes: {n: mm}\nfeatures:\n  - {name: b, options: [x, y]}\n"
        "quantities: {q: {unit: mm, is: a.n}}\n",
        "modules/a.yaml": "modules:\n  - {name: a0, n: 1 mm}\n  - {name: a1, n: 2 mm}\n",
        "rules/r.yaml": "rules:\n  - {id: R, when: a == a0, require: b == x, because: so}\n",
        "parts.csv": "number,name,unit_cost,mass,investment\n",
        "bom.csv": "part,quantity,slot,module,condition\n",
    }
    resolved = opened(files)
    claims = (
        Claim("count", ["b == y"], 1),
        Claim("always", ["b == y"], statement="a == a1"),
        Claim("best", [], 2, "", "q", True, [["a", "a1"], ["b", "y"]]),
    )
    return resolved, [certify(resolved, claim) for claim in claims]


@pytest.mark.parametrize("which", range(3))
def test_every_byte_counts(which: int, small: tuple[ResolvedCatalog, list[Certificate]]) -> None:
    """A changed byte is refused, or is one that says nothing: a blank between two fields."""
    resolved, certificates = small
    certificate = certificates[which]
    text = text_of(certificate).encode()
    for place in range(len(text)):
        for change in (1, 32):
            damaged = bytearray(text)
            damaged[place] ^= change
            try:
                found = reread(bytes(damaged))
            except InputError:
                continue
            assert found == certificate
    assert proven(certificate, resolved)


def test_cut_short_and_doubled(small: tuple[ResolvedCatalog, list[Certificate]]) -> None:
    _, certificates = small
    text = text_of(certificates[0])
    for end in range(0, len(text) - 1, 7):
        with pytest.raises(InputError):
            reread(text[:end])
    for bad in (text + text, f"[{text}]", text.replace('"number"', '"statement"'), "[" * 100_000):
        with pytest.raises(InputError):
            reread(bad)


def test_hostile_shapes_are_refused(small: tuple[ResolvedCatalog, list[Certificate]]) -> None:
    resolved, (certificate, *_) = small
    for nodes in ([], [[]], [[[]]], [[[0]]], [[[0], []]], [[[0], [0, 0, 1], [1]]], [[[9], [0, 0]]],
                  [[[0], [1, 0, 1]]], [[[0], [-9, 0, 1]]], [[[-1], [0, 0, 1]]],
                  [[[0], [0, 0, 0]]], [[[0, 1], [0, 0, 1]]],
                  [[[1], [0, 0, 1]], [[0], [1, 0, 1], [1]]], [[[1], [0, 0, 1]]],
                  [[[0], [0, 0, 1]]], [[[1], [0, 0, 1]], [[0], [1, 0], [0, 1]]]):  # fmt: skip
        assert not proven(evolve(certificate, nodes=nodes), resolved)
    for changed in (
        evolve(certificate, digest="0"),
        evolve(certificate, order=["a", "a"]),
        evolve(certificate, order=["a"]),
        evolve(certificate, reasons=[*certificate.reasons, "rule X"]),
        evolve(certificate, claim=evolve(certificate.claim, kind="none")),
        evolve(certificate, claim=evolve(certificate.claim, where=["nonsense"])),
        evolve(certificate, claim=evolve(certificate.claim, kind="best", quantity="nonsense")),
        evolve(certificate, claim=evolve(certificate.claim, kind="best", quantity="q")),
    ):
        assert not proven(changed, resolved)


def test_work_is_bounded(small: tuple[ResolvedCatalog, list[Certificate]]) -> None:
    resolved, (certificate, *_) = small
    with pytest.raises(LimitReached):
        verify(certificate, resolved, budget=3)


def test_the_search_ends_when_its_time_is_over(
    small: tuple[ResolvedCatalog, list[Certificate]],
) -> None:
    resolved, certificates = small
    told: list[tuple[int, int]] = []
    for certificate in certificates:
        with pytest.raises(LimitReached, match="0 s; --time allows more"):
            certify(resolved, certificate.claim, patience=Patience(0.0))
        patience = Patience(60.0, lambda *at: told.append(at))
        assert certify(resolved, certificate.claim, patience=patience) == certificate
    assert told
    assert all(0 < done <= total for done, total in told)


def test_a_best_needs_only_what_stands_in_its_way(tmp_path: Path) -> None:
    """Rules that no better variant breaks are not cited, and nothing is decided behind a bound."""
    modules = "".join(f"  - {{name: a{n}, n: {n} mm}}\n" for n in range(9))
    files = {
        "catalog.yaml": "format: 1\nname: s\ncurrency: EUR\nslots:\n"
        + "".join(f"  - {{name: {slot}, attributes: {{n: mm}}}}\n" for slot in "abcd")
        + "quantities: {q: {unit: mm, is: a.n + b.n + c.n + d.n}}\n",
        **{f"modules/{slot}.yaml": "modules:\n" + modules for slot in "abcd"},
        "rules/r.yaml": "rules:\n"
        "  - {id: R1, require: a.n + b.n >= 5 mm, because: so}\n"
        "  - {id: R2, require: c.n + d.n <= 9 mm, because: so}\n"
        "  - {id: R3, require: b.n != d.n + 7 mm, because: so}\n",
        "parts.csv": "number,name,unit_cost,mass,investment\n",
        "bom.csv": "part,quantity,slot,module,condition\n",
    }
    resolved = written(files, tmp_path)
    best = [["a", "a0"], ["b", "a5"], ["c", "a0"], ["d", "a0"]]
    certificate = certify(resolved, Claim("best", [], 5, "", "q", False, best))
    assert certificate.reasons == ["rule R1"]
    assert len(certificate.nodes) < 12
    assert proven(certificate, resolved)


def test_the_checker_stands_alone() -> None:
    """No solver, no diagram, no lowering of rules: not even numpy."""
    libraries = ("ortools", "oxidd", "pysat", "numpy", "scipy", "polars")
    rooms = ("cmf.engines", "cmf.problem", "cmf.analysis", "cmf.interchange")
    code = (
        "import sys, cmf.verify, cmf.load, cmf.rules.resolve\n"
        f"print([m for m in sys.modules if m in {libraries} or m.startswith({rooms})])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_checker_is_small() -> None:
    """Under 400 lines as they stand in its files: texts for readers and blank lines included."""
    files = sorted(Path(cmf.verify.__file__).parent.rglob("*.py"))
    assert [path.name for path in files] == [
        "__init__.py",
        "certificate.py",
        "check.py",
        "meaning.py",
    ]
    assert sum(len(path.read_text().splitlines()) for path in files) < 400


def test_the_checker_imports_little() -> None:
    """What it is built on: the model, the resolution of names and the meaning of rules."""
    allowed = {
        *("__future__", "attrs", "collections", "hashlib", "json", "operator", "pathlib"),
        *("typing", "cmf.errors", "cmf.model.catalog", "cmf.rules", "cmf.source", "cmf.verify"),
    }
    for path in Path(cmf.verify.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                parents = [".".join(str(name).split(".")[:n]) for n in (1, 2, 3)]
                assert allowed & set(parents), f"{path.name} imports {name}"


def test_files_round_trip(small: tuple[ResolvedCatalog, list[Certificate]], tmp_path: Path) -> None:
    from cmf.report.certificate import save_certificate

    for number, certificate in enumerate(small[1]):
        path = tmp_path / f"{number}.json"
        save_certificate(certificate, path)
        assert read(path) == certificate
        assert json.loads(path.read_text())["checksum"] == certificate.checksum
