"""Small random catalogues as text, and what is true of them by trying every variant."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from attrs import asdict
from hypothesis import strategies as st

from cmf.load import read_catalog
from cmf.rules import semantics
from cmf.rules import typed as t
from cmf.rules.resolve import resolve_catalog
from cmf.rules.resolved import ResolvedCatalog
from cmf.verify import Certificate, Claim
from cmf.verify.meaning import statements

HEAD = """
format: 1
name: small
currency: EUR
slots:
  - name: floor
    attributes: {length: mm, strong: flag}
  - name: body
    attributes: {length: mm, strong: {type: flag, default: false}}
features:
  - {name: brand, options: [north, south, east]}
  - {name: model_year, numeric: year, options: [2025, 2026, 2027]}
time: model_year
quantities:
  total: {unit: mm, is: 2 * floor.length - body.length + 3 mm}
  cost: {unit: EUR, is: bom.unit_cost}
"""
ATOMS = (
    "brand == north",
    "brand in {south, east}",
    "model_year >= 2026",
    "model_year == 2025",
    "floor == floor_0",
    "body != body_1",
    "floor.length + body.length <= 7 mm",
    "floor.length > body.length",
    "abs(floor.length - body.length) <= 2 mm",
    "defined(floor.length)",
    "floor.strong",
    "floor.strong and body.strong",
    "total in 0..6 mm",
)


@st.composite
def statement_texts(draw: st.DrawFn) -> str:
    """Statements of the rule language over the axes of `HEAD`."""
    one, other = draw(st.sampled_from(ATOMS)), draw(st.sampled_from(ATOMS))
    form = draw(
        st.sampled_from(("{0}", "not ({0})", "{0} => {1}", "({0}) or ({1})", "not ({0} and {1})"))
    )
    return form.format(one, other)


@st.composite
def catalogue_files(draw: st.DrawFn) -> dict[str, str]:
    """The files of a catalogue with up to 81 assignments."""
    files = {"catalog.yaml": HEAD}
    for slot in ("floor", "body"):
        lines = ["modules:"]
        for number in range(draw(st.integers(2, 3))):
            lines.append(f"  - name: {slot}_{number}")
            if draw(st.integers(0, 4)):
                lines.append(f"    length: {draw(st.integers(0, 5))} mm")
            if draw(st.booleans()):
                lines.append(f"    strong: {draw(st.sampled_from(('true', 'false')))}")
            if draw(st.integers(0, 3)) == 0:
                lines.append(f"    from: {draw(st.sampled_from((2026, 2027)))}")
        files[f"modules/{slot}.yaml"] = "\n".join(lines) + "\n"
    rules = draw(st.lists(statement_texts(), max_size=4))
    text = "rules:\n" if rules else "rules: []\n"
    for number, rule in enumerate(rules):
        text += f'  - {{id: R{number}, require: "{rule}", because: so it is}}\n'
    files["rules/rules.yaml"] = text
    costs = [draw(st.integers(0, 9)) for _ in range(6)]
    files["parts.csv"] = "number,name,unit_cost,mass,investment\n" + "".join(
        f"P{n},part,{cost},1,0\n" for n, cost in enumerate(costs)
    )
    conditions = [draw(st.sampled_from(("", *ATOMS[:8]))) for _ in costs]
    files["bom.csv"] = "part,quantity,slot,module,condition\n" + "".join(
        f'P{n},1,{("floor", "body")[n % 2]},*,"{condition}"\n'
        for n, condition in enumerate(conditions)
    )
    return files


def written(files: dict[str, str], folder: Path) -> ResolvedCatalog:
    """The catalogue of these files."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return resolve_catalog(read_catalog(folder))


def valid(resolved: ResolvedCatalog, claim: Claim) -> list[dict[str, str]]:
    """The variants of a claim, by trying all."""
    axes = resolved.catalog.axes
    asked = statements(resolved, claim)
    return [
        chosen
        for names in product(*(axis.names for axis in axes))
        for chosen in [dict(zip((a.name for a in axes), names, strict=True))]
        if all(semantics.holds(each, semantics.World(resolved, chosen)) for each in asked.values())
    ]


def values(resolved: ResolvedCatalog, variants: Sequence[dict[str, str]], name: str) -> list[int]:
    """A quantity on variants on which it is defined."""
    found = [
        semantics.evaluate(t.QuantityRef(name), semantics.World(resolved, each))
        for each in variants
    ]
    return [value for value in found if isinstance(value, int)]


def text_of(certificate: Certificate) -> str:
    """The file of a certificate whose checksum is right, whatever it says."""
    return json.dumps({**asdict(certificate), "checksum": certificate.checksum})
