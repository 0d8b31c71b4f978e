"""Malformed, truncated and hostile model files: every one ends in located errors."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from cmf.errors import InputError
from cmf.interchange import read_model, tuples
from cmf.interchange.files import MOST_BYTES, MOST_FAULTS

XCSP = """\
<instance>
<presentation format="XCSP 2.1" type="CSP"/>
<domains nbDomains="2">
<domain name="A" nbValues="3">0 1 red</domain>
<domain name="B" nbValues="3">1..3</domain>
</domains>
<variables nbVariables="2">
<variable name="x" domain="A"/>
<variable name="y" domain="B"/>
</variables>
<relations nbRelations="1">
<relation name="R" arity="2" nbTuples="2" semantics="supports">
 0 1 |
 red 3
</relation>
</relations>
<constraints nbConstraints="1">
<constraint name="c" arity="2" scope="x y" reference="R"/>
</constraints>
</instance>
"""

PRICES = """\
<instance>
<presentation format="XCSP 2.1" type="WCSP"/>
<domains><domain name="A">1 0 red</domain></domains>
<variables><variable name="x" domain="A"/></variables>
<relations>
<relation name="R" arity="1" nbTuples="3" semantics="soft" defaultCost="0">5: 0 | 1 | 7: red</relation>
</relations>
<constraints initialCost="0" maximalCost="1000">
<constraint name="c" scope="x" reference="R"/>
</constraints>
</instance>
"""  # noqa: E501

UVL = """\
namespace Car
features
\tCar {cost 10}
\t\tmandatory
\t\t\tBody
\t\t\t\talternative
\t\t\t\t\tSedan
\t\t\t\t\tWagon {cost 2.5}
\t\toptional
\t\t\tRoof
constraints
\tRoof => !Wagon
\tSedan | Wagon
"""

CNF = """\
c 1 one
c 2 two
p cnf 3 2
1 -2 0
3 0
"""

BASES = {".xml": XCSP, ".uvl": UVL, ".cnf": CNF, ".dimacs": CNF}


@frozen
class Case:
    """A change of a good file, and the code and place (line:column) of the fault it causes."""

    title: str
    suffix: str
    old: str
    new: str
    code: str
    place: str


NEST = "(" * 60
BOMB = '<!DOCTYPE i [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>\n<instance>'

CASES = [
    Case("not XML", ".xml", XCSP, "p cnf 3 2\n", "bad-xml", "1:1"),
    Case("empty file", ".xml", XCSP, "", "bad-xml", "1:1"),
    Case("cut off", ".xml", " red 3\n" + XCSP.split(" red 3\n")[1], "", "bad-xml", "14:1"),
    Case("entity bomb", ".xml", "<instance>", BOMB, "document-type", "1:1"),
    Case("unknown entity", ".xml", " 0 1 |", " &a; 1 |", "bad-xml", "13:2"),
    Case("another root", ".xml", XCSP, "<featureModel/>", "unsupported-xml", "1:1"),
    Case("deep nesting", ".xml", XCSP, "<instance>" * 100_000, "unsupported-xml", "1:11"),
    Case("predicates", ".xml", "<relations", "<predicates/><relations", "unsupported-xml", "11:1"),
    Case("text outside", ".xml", "<constraints ", "stray<constraints ", "unexpected-text", "17:6"),
    Case("XCSP 3", ".xml", '"XCSP 2.1"', '"XCSP3"', "unsupported-format", "2:23"),
    Case("costs as the model", ".xml", XCSP, PRICES, "wrong-type", "2:39"),
    Case("no domains", ".xml", "<domains", "<relations/>\n<domains", "duplicate-element", "12:1"),
    Case(
        "no variable",
        ".xml",
        XCSP,
        "<instance><variables/><domains/></instance>",
        "no-variables",
        "1:11",
    ),
    Case("no section", ".xml", XCSP, "<instance></instance>", "missing-element", "1:1"),
    Case("no name", ".xml", 'name="x" ', "", "missing-attribute", "8:1"),
    Case("same domain", ".xml", 'name="B"', 'name="A"', "duplicate-name", "5:15"),
    Case("same variable", ".xml", 'name="y"', 'name="x"', "duplicate-name", "9:17"),
    Case("count of domains", ".xml", 'nbDomains="2"', 'nbDomains="7"', "wrong-count", "3:21"),
    Case("count of values", ".xml", 'nbValues="3">0', 'nbValues="4">0', "wrong-count", "4:28"),
    Case("count of tuples", ".xml", 'nbTuples="2"', 'nbTuples="1"', "wrong-count", "12:40"),
    Case("no count", ".xml", 'nbTuples="2"', 'nbTuples="many"', "bad-number", "12:40"),
    Case("huge count", ".xml", 'nbTuples="2"', f'nbTuples="{"9" * 5000}"', "bad-number", "12:40"),
    Case("huge arity", ".xml", 'arity="2" nb', 'arity="999999999" nb', "bad-number", "12:27"),
    Case("huge range", ".xml", "1..3", "1..999999999999", "too-large", "5:31"),
    Case("empty range", ".xml", "1..3", "3..1", "bad-range", "5:31"),
    Case("empty domain", ".xml", ">1..3", "> ", "empty-domain", "5:1"),
    Case("same value", ".xml", "0 1 red", "0 red red", "duplicate-value", "4:37"),
    Case("bar in a value", ".xml", "0 1 red", "0 1 re|d", "bad-value", "4:35"),
    Case("unknown domain", ".xml", 'domain="B"', 'domain="C"', "unknown-domain", "9:28"),
    Case("unknown relation", ".xml", 'reference="R"', 'reference="S"', "unknown-relation", "18:55"),
    Case("global", ".xml", 'reference="R"', 'reference="global:sum"', "unknown-relation", "18:55"),
    Case("unknown variable", ".xml", 'scope="x y"', 'scope="x z"', "unknown-variable", "18:41"),
    Case("variable twice", ".xml", 'scope="x y"', 'scope="x x"', "duplicate-variable", "18:41"),
    Case("arity of scope", ".xml", 'scope="x y"', 'scope="x"', "wrong-arity", "18:39"),
    Case("huge scope", ".xml", '"x y"', f'"{"x " * 9999}"', "duplicate-variable", "18:41"),
    Case(
        "endless arity", ".xml", 'arity="2" sc', f'arity="{"2" * 5000}" sc', "bad-number", "18:29"
    ),
    Case(
        "endless relation",
        ".xml",
        'arity="2" nb',
        f'arity="{"2" * 5000}" nb',
        "bad-number",
        "12:27",
    ),
    Case("soft in a model", ".xml", '"supports"', '"soft"', "unsupported-semantics", "12:54"),
    Case("narrow tuple", ".xml", " 0 1 |", " 0 |", "wrong-width", "13:2"),
    Case("wide tuple", ".xml", " red 3", " red 3 1", "wrong-width", "14:2"),
    Case("lost bar", ".xml", " 0 1 |", " 0 1", "wrong-width", "13:2"),
    Case("bar too many", ".xml", " red 3", " red 3 |", "wrong-width", "14:9"),
    Case("unknown value", ".xml", " red 3", " red 4", "unknown-value", "14:6"),
    Case("value of another", ".xml", " red 3", " rot 3", "unknown-value", "14:2"),
    Case("not UTF-8", ".xml", "red 3", "r\udce9d 3", "bad-encoding", "14:3"),
    Case("NUL byte", ".xml", " red 3", " red\0 3", "not-text", "14:5"),
    Case(
        "UTF-16",
        ".xml",
        "<instance>",
        '<?xml version="1.0" encoding="UTF-16"?><instance>',
        "bad-encoding",
        "1:1",
    ),
    Case("empty UVL", ".uvl", UVL, "", "no-features", "1:1"),
    Case("no feature", ".uvl", UVL, "features\n", "no-features", "1:1"),
    Case("unknown section", ".uvl", "namespace", "package", "bad-syntax", "1:1"),
    Case("section twice", ".uvl", "namespace Car", "features", "duplicate-section", "2:1"),
    Case(
        "imports", ".uvl", "features\n", "imports\n\tother\nfeatures\n", "unsupported-import", "3:2"
    ),
    Case("imported feature", ".uvl", "Roof\nc", "other.Roof\nc", "unsupported-import", "10:9"),
    Case("two roots", ".uvl", "constraints", "\tBus\nconstraints", "second-root", "11:2"),
    Case("feature as group", ".uvl", "\t\toptional", "\t\tWheel", "bad-syntax", "9:3"),
    Case("group as feature", ".uvl", "\t\t\tRoof\n", "\t\t\tor\n", "bad-syntax", "10:4"),
    Case("indentation", ".uvl", "\t\t\t\t\tWagon", "\t\t\t\t\t\tWagon", "bad-syntax", "8:7"),
    Case("half indentation", ".uvl", "\t\toptional", "\t optional", "bad-indentation", "9:3"),
    Case("blanks for tabs", ".uvl", "\t\t\tRoof\n", "      Roof\n", "bad-indentation", "10:7"),
    Case("empty group", ".uvl", "\t\t\tRoof\nc", "c", "empty-group", "9:3"),
    Case("same feature", ".uvl", "\tRoof\nc", "\tBody\nc", "duplicate-name", "10:4"),
    Case("typed feature", ".uvl", "\tRoof\nc", "\tInteger Roof\nc", "unsupported-type", "10:4"),
    Case(
        "cardinality",
        ".uvl",
        "Roof\nc",
        "Roof cardinality [1..2]\nc",
        "unsupported-cardinality",
        "10:9",
    ),
    Case("group bounds", ".uvl", "alternative", "[3..1]", "bad-cardinality", "6:5"),
    Case("too few children", ".uvl", "alternative", "[3..4]", "bad-cardinality", "6:5"),
    Case("open brace", ".uvl", "{cost 10}", "{cost 10", "unclosed-bracket", "3:6"),
    Case(
        "constraint attribute",
        ".uvl",
        "cost 10",
        "constraint Roof",
        "unsupported-constraint",
        "3:7",
    ),
    Case("attribute twice", ".uvl", "cost 10", "cost 10, cost 11", "duplicate-name", "3:16"),
    Case("too many decimals", ".uvl", "cost 10", "cost 0.0000000001", "bad-number", "3:12"),
    Case("huge number", ".uvl", "cost 10", "cost " + "9" * 10_000, "bad-number", "3:12"),
    Case("deep attributes", ".uvl", "cost 10", "a " + "{a " * 500 + "}" * 500, "too-deep", "3:72"),
    Case("open quote", ".uvl", "Roof =>", '"Roof =>', "unclosed-quote", "12:2"),
    Case("open comment", ".uvl", "Roof =>", "/* Roof =>", "unclosed-comment", "12:2"),
    Case("odd character", ".uvl", "Roof =>", "Roof ~>", "bad-character", "12:7"),
    Case("unknown feature", ".uvl", "!Wagon", "!Wagen", "unknown-feature", "12:11"),
    Case("comparison", ".uvl", "!Wagon", "Car.cost > 3", "unsupported-constraint", "12:19"),
    Case("aggregate", ".uvl", "!Wagon", "sum(cost)", "unsupported-constraint", "12:10"),
    Case("attribute", ".uvl", "!Wagon", "Car.cost", "unsupported-constraint", "12:10"),
    Case("no operand", ".uvl", "!Wagon", "!", "bad-syntax", "12:11"),
    Case("no operator", ".uvl", "=> !Wagon", "Wagon", "bad-syntax", "12:7"),
    Case("arrows", ".uvl", "!Wagon", "Wagon => Body", "ambiguous", "12:16"),
    Case("deep parentheses", ".uvl", "!Wagon", NEST + "Car" + ")" * 60, "too-deep", "12:61"),
    Case("deep constraint", ".uvl", "\tSedan |", "\t\tSedan |", "bad-indentation", "13:3"),
    Case("latin-1", ".uvl", "Roof\nc", "D\udce4ch\nc", "bad-encoding", "10:5"),
    Case("empty CNF", ".cnf", CNF, "", "missing-header", "1:1"),
    Case("no header", ".cnf", "p cnf 3 2\n", "", "missing-header", "3:1"),
    Case("weighted CNF", ".cnf", "p cnf 3 2", "p wcnf 3 2 9", "bad-header", "3:1"),
    Case("negative count", ".cnf", "p cnf 3 2", "p cnf -3 2", "bad-header", "3:1"),
    Case("second header", ".cnf", "3 0\n", "p cnf 3 2\n3 0\n", "duplicate-header", "5:1"),
    Case("no variables", ".cnf", "p cnf 3 2", "p cnf 0 2", "no-variables", "3:1"),
    Case("huge header", ".cnf", "p cnf 3 2", "p cnf 999999999999 2", "too-large", "3:1"),
    Case("out of range", ".cnf", "1 -2 0", "1 -4 0", "literal-out-of-range", "4:3"),
    Case("huge literal", ".cnf", "1 -2 0", "1 " + "9" * 9999 + " 0", "bad-literal", "4:3"),
    Case("no literal", ".cnf", "1 -2 0", "1 two 0", "bad-literal", "4:3"),
    Case("no end", ".dimacs", "3 0\n", "3\n", "unended-clause", "5:1"),
    Case("clauses missing", ".dimacs", "3 0\n", "", "wrong-count", "3:1"),
    Case("clauses too many", ".dimacs", "3 0\n", "3 0 0\n", "wrong-count", "3:1"),
    Case("names differ", ".dimacs", "c 2 two", "c 1 two", "duplicate-name", "2:5"),
    Case("name twice", ".dimacs", "c 2 two", "c 2 one", "duplicate-name", "2:5"),
    Case("taken name", ".dimacs", "c 2 two", "c 2 v3", "duplicate-name", "3:1"),
    Case("NUL", ".dimacs", "c 2 two", "c 2 t\0wo", "not-text", "2:6"),
]

OWN_VALUE = PRICES.replace("1 0 red", "1 0 9").replace("7: red", "7: 9")
OWN_VARIABLE = PRICES.replace('"x"', '"z"')

TOO_GREAT = (
    PRICES.replace("5: 0", "600000000000000: 0")
    .replace(' maximalCost="1000"', "")
    .replace("</constraints>", '<constraint name="d" scope="x" reference="R"/></constraints>')
)

PRICE_CASES = [
    Case("sum too great", ".xml", PRICES, TOO_GREAT, "too-large", "8:1"),
    Case("cost behind", ".xml", "5: 0 | 1", "5: 0 | 1 6:", "wrong-width", "6:83"),
    Case("model as prices", ".xml", PRICES, XCSP, "wrong-type", "2:39"),
    Case("unknown variable", ".xml", 'scope="x"', 'scope="z"', "unknown-variable", "9:29"),
    Case("value not listed", ".xml", "1 0 red", "1 0", "unknown-value", "6:90"),
    Case("value of no domain", ".xml", "7: red", "7: 9", "unknown-value", "6:90"),
    Case("value of its domain only", ".xml", PRICES, OWN_VALUE, "unknown-value", "6:90"),
    Case("variable of its own", ".xml", PRICES, OWN_VARIABLE, "unknown-variable", "4:28"),
    Case("no cost", ".xml", "5: 0", "0", "bad-cost", "6:76"),
    Case("cost of words", ".xml", "5: 0", "five: 0", "bad-cost", "6:76"),
    Case("fraction", ".xml", "5: 0", "5.5: 0", "bad-cost", "6:76"),
    Case("huge cost", ".xml", "5: 0", "9" * 17 + ": 0", "bad-cost", "6:76"),
    Case("costs too great", ".xml", "5: 0", "9" * 16 + ": 0", "bad-cost", "6:76"),
    Case("infinite default", ".xml", 'Cost="0">', 'Cost="infinity">', "bad-number", "6:73"),
    Case("forbidding cost", ".xml", "7: red", "1000: red", "unsupported-cost", "8:43"),
    Case("cost inside", ".xml", "5: 0 | 1", "5: 0 | 1 6: 1", "wrong-width", "6:83"),
    Case("endless cost", ".xml", "5: 0", "5" * 100_000 + ": 0", "bad-cost", "6:76"),
    Case("endless word", ".xml", "5: 0", "5:" + "0" * 100_000, "unknown-value", "6:78"),
    Case("blanks before a colon", ".xml", "5: 0", "5" + " " * 100_000 + ": 0", "bad-cost", "6:76"),
    Case("two costs", ".xml", "7: red", "7: 0", "duplicate-tuple", "6:1"),
    Case("cost in a tuple", ".xml", "| 7:", "7:", "wrong-width", "6:83"),
    Case("supports", ".xml", '"soft"', '"supports"', "unsupported-semantics", "6:54"),
]


def changed(base: str, case: Case) -> bytes:
    assert base.count(case.old) == 1, case
    return base.replace(case.old, case.new).encode("utf-8", "surrogateescape")


def check(error: InputError, path: Path, case: Case) -> None:
    first = error.diagnostics[0]
    assert first.span is not None
    assert (first.code, first.span.place) == (case.code, f"{path}:{case.place}"), str(error)
    assert len(error.diagnostics) < MOST_FAULTS
    for diagnostic in error.diagnostics:
        assert len(diagnostic.render()) < 1000


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.suffix[1:]}: {c.title}")
def test_fault_has_its_place(tmp_path: Path, case: Case) -> None:
    path = tmp_path / f"model{case.suffix}"
    path.write_bytes(changed(BASES[case.suffix], case))
    with pytest.raises(InputError) as caught:
        read_model(path)
    check(caught.value, path, case)


@pytest.mark.parametrize("case", PRICE_CASES, ids=lambda c: c.title)
def test_fault_in_prices_has_its_place(tmp_path: Path, case: Case) -> None:
    model, prices = tmp_path / "model.xml", tmp_path / "prices.xml"
    model.write_text(XCSP)
    prices.write_bytes(changed(PRICES, case))
    with pytest.raises(InputError) as caught:
        read_model(model, prices)
    check(caught.value, prices, case)


GOOD = "0 3 |" * 300
NUMBERS = XCSP.replace("0 1 red", "0 2 3").replace('nbTuples="2"', "")


@pytest.mark.parametrize(
    ("tuple_", "code", "column"),
    [
        ("1 3", "unknown-value", 1502),
        ("-1 3", "unknown-value", 1502),
        ("4 3", "unknown-value", 1502),
        ("0 0", "unknown-value", 1504),
        ("02 3", "unknown-value", 1502),
        ("+2 3", "unknown-value", 1502),
        ("-0 3", "unknown-value", 1502),
        ("2.0 3", "unknown-value", 1502),
        ("0 3x", "unknown-value", 1504),
        ("0 1000000000", "unknown-value", 1504),
        ("0 99999999999999999999999", "unknown-value", 1504),
        ("0 ٣", "unknown-value", 1504),
        ("0 3 0 | 3", "wrong-width", 1502),
        ("0 | 3 0 3", "wrong-width", 1502),
        ("0 3 0 3", "wrong-width", 1502),
        ("0 3 2 0 3", "wrong-width", 1502),
        ("0", "wrong-width", 1502),
        ("", "wrong-width", 1501),
    ],
)
@pytest.mark.parametrize("piece", [256, 2**20])
def test_faults_among_many_integers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int, tuple_: str, code: str, column: int
) -> None:
    monkeypatch.setattr(tuples, "_PIECE", piece)
    path = tmp_path / "model.xml"
    content = f" {GOOD} {tuple_}| 2 1"
    path.write_text(NUMBERS.replace(" 0 1 |\n red 3", content), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_model(path)
    check(caught.value, path, Case("", ".xml", "", "", code, f"13:{column + 1}"))
    path.write_text(NUMBERS.replace(" 0 1 |\n red 3", f" {GOOD} 2 1"))
    rows = read_model(path).constraints[0].formula.rows
    assert rows.tolist() == [[0, 2], [1, 0]]


@pytest.mark.parametrize("suffix", BASES)
def test_the_unchanged_files_are_good(tmp_path: Path, suffix: str) -> None:
    path, prices = tmp_path / f"model{suffix}", tmp_path / "prices.xml"
    for text in (BASES[suffix], BASES[suffix].replace("\n", "\r\n"), "\ufeff" + BASES[suffix]):
        path.write_bytes(text.encode())
        assert read_model(path).variables
    prices.write_text(PRICES)
    if suffix == ".xml":
        assert list(read_model(path, prices).quantities) == ["price"]
        assert list(read_model(path, {"cost": prices}).quantities) == ["cost"]
    else:
        with pytest.raises(InputError, match="no-prices"):
            read_model(path, prices)


def test_latin_1_is_read_where_the_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "model.xml"
    head = '<?xml version="1.0" encoding="ISO-8859-1"?>\n'
    path.write_bytes((head + XCSP.replace("red", "doré")).encode("latin-1"))
    assert read_model(path).variables[0].options == ("0", "1", "doré")
    for encoding, start in (("latin-1", head), ("utf-8", "\n")):
        text = start + XCSP.replace("red", "doré").replace("doré 3", "doré 4")
        path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
        with pytest.raises(InputError, match=r"model\.xml:15:7: error\[unknown-value\]"):
            read_model(path)


def test_a_tuple_with_the_same_cost_twice_is_priced_once(tmp_path: Path) -> None:
    model, prices = tmp_path / "model.xml", tmp_path / "prices.xml"
    model.write_text(XCSP)
    prices.write_text(PRICES.replace("5: 0 | 1 |", "5: 0 | 0 |"))
    price = read_model(model, prices).quantities["price"]
    assert [price.value((option, 0)) for option in range(3)] == [5, 0, 7]


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    path = tmp_path / "model.xml"
    text = XCSP.replace('domain="B"', 'domain="C"').replace('reference="R"', 'reference="S"')
    path.write_text(text.replace("1..3", "1 1"))
    with pytest.raises(InputError) as caught:
        read_model(path)
    codes = [fault.code for fault in caught.value.diagnostics]
    assert codes == ["duplicate-value", "unknown-domain", "unknown-relation"]

    path = tmp_path / "model.uvl"
    path.write_text(UVL.replace("=> !Wagon", "=> !Wagen").replace("Sedan |", "Sedam |"))
    with pytest.raises(InputError) as caught:
        read_model(path)
    faults = caught.value.diagnostics
    assert [fault.remedy for fault in faults] == ["did you mean `Wagon`?", "did you mean `Sedan`?"]

    path = tmp_path / "model.cnf"
    path.write_text(CNF.replace("1 -2 0", "4 5 x"))
    with pytest.raises(InputError) as caught:
        read_model(path)
    codes = [fault.code for fault in caught.value.diagnostics]
    assert codes == ["literal-out-of-range", "literal-out-of-range", "bad-literal", "wrong-count"]


def test_faults_of_several_relations_come_at_once(tmp_path: Path) -> None:
    relation = XCSP[XCSP.index("<relation ") : XCSP.index("</relations>")]
    twice = relation + relation.replace('"R"', '"S"').replace("red", "rot")
    text = XCSP.replace(relation, twice).replace('nbRelations="1"', "").replace("0 1 |", "0 |")
    link = '<constraint name="d" scope="x y" reference="S"/></constraints>'
    text = text.replace('nbConstraints="1"', "").replace("</constraints>", link)
    path = tmp_path / "model.xml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_model(path)
    faults = [(fault.code, fault.span and fault.span.line) for fault in caught.value.diagnostics]
    assert faults == [("wrong-width", 13), ("wrong-width", 17)]


def test_a_flood_of_faults_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "model.cnf"
    path.write_text("p cnf 3 5000\n" + "9 0\n" * 5000)
    with pytest.raises(InputError) as caught:
        read_model(path)
    assert len(caught.value.diagnostics) == MOST_FAULTS


@pytest.mark.parametrize("suffix", BASES)
def test_what_is_no_file(tmp_path: Path, suffix: str) -> None:
    folder = tmp_path / f"folder{suffix}"
    folder.mkdir()
    pipe = tmp_path / f"pipe{suffix}"
    os.mkfifo(pipe)
    large = tmp_path / f"large{suffix}"
    with large.open("wb") as stream:
        stream.truncate(MOST_BYTES + 1)
    missing = tmp_path / f"missing{suffix}"
    odd = tmp_path / f"odd\0{suffix}"
    found = {}
    for path in (folder, pipe, large, missing, odd):
        with pytest.raises(InputError) as caught:
            read_model(path)
        found[path] = caught.value.diagnostics[0].code
    assert list(found.values()) == [
        "not-a-file",
        "not-a-file",
        "too-large",
        "no-such-file",
        "unreadable",
    ]


@pytest.mark.parametrize("name", ["model.txt", "model", "model.xml.gz"])
def test_unknown_suffix_says_what_is_known(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(CNF)
    with pytest.raises(InputError, match=r"unknown-format[\s\S]*\.xml.*\.uvl.*\.dimacs.*\.cnf"):
        read_model(path)


def test_domains_are_bounded_together(tmp_path: Path) -> None:
    """A short range stands for many values, so the sum is bounded, not only each domain."""
    path = tmp_path / "model.xml"
    domains = "".join(f'<domain name="D{n}">1..99999</domain>' for n in range(1000))
    path.write_text(XCSP.replace("</domains>", domains + "</domains>").replace('nbDomains="2"', ""))
    with pytest.raises(InputError, match="all domains together"):
        read_model(path)


@pytest.mark.parametrize(
    ("bound", "most"), [("MOST_TUPLE_TEXT", 10_000), ("MOST_TUPLES", 4_000), ("MOST_COSTS", 4_000)]
)
def test_a_shared_relation_is_not_read_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, most: int
) -> None:
    monkeypatch.setattr(tuples, bound, most)
    relation = "5: 0 |" * 1000 + "5: 0"
    links = "".join(f'<constraint name="d{n}" scope="x" reference="R"/>' for n in range(4))
    text = PRICES.replace("5: 0 | 1 | 7: red", relation).replace('nbTuples="3"', "")
    model, prices = tmp_path / "model.xml", tmp_path / "prices.xml"
    model.write_text(XCSP)
    prices.write_text(text.replace("</constraints>", links + "</constraints>"))
    with pytest.raises(InputError, match=r"prices\.xml:6:1: error\[too-large\]"):
        read_model(model, prices)


def test_nested_equivalences_are_bounded(tmp_path: Path) -> None:
    """Without `<=>` a formula doubles at every equivalence."""
    path = tmp_path / "model.uvl"
    nested = "(" * 40 + "Roof" + " <=> Body)" * 40
    path.write_text(UVL.replace("Sedan | Wagon", nested))
    with pytest.raises(InputError, match="too-large"):
        read_model(path)


@settings(max_examples=150, deadline=None, database=None, derandomize=True)
@given(st.sampled_from(list(BASES.items())), st.data())
def test_any_damage_is_an_input_error(
    tmp_path_factory: pytest.TempPathFactory, base: tuple[str, str], data: st.DataObject
) -> None:
    suffix, text = base
    content = bytearray(text.encode())
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(start, min(len(content), start + 20)))
        new = data.draw(
            st.one_of(
                st.just(b""),
                st.binary(max_size=4),
                st.sampled_from(
                    [
                        b"<",
                        b">",
                        b"|",
                        b"..",
                        b"=>",
                        b"(",
                        b"{",
                        b"\n",
                        b"\t",
                        b"0",
                        b"-1",
                        b'"',
                        b":",
                    ]
                ),
            )
        )
        content[start:end] = new
    path = tmp_path_factory.getbasetemp() / f"damaged{suffix}"
    path.write_bytes(bytes(content))
    try:
        problem = read_model(path)
    except InputError as error:
        for diagnostic in error.diagnostics:
            assert diagnostic.span is not None
            assert diagnostic.span.source.name == str(path)
            assert diagnostic.render()
    else:
        assert problem.variables
        assert all(variable.options for variable in problem.variables)
        problem.valid([0] * len(problem.variables))
