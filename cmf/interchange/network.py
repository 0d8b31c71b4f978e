"""The structure of an XCSP 2.1 file: domains, variables, and which relation binds which scope."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from attrs import frozen

from cmf.errors import fail
from cmf.interchange.elements import Element, read_elements
from cmf.interchange.files import Faults, nearest
from cmf.source import Source

MOST_OPTIONS = 100_000
"""Values of one domain."""

MOST_VALUES = 1_000_000
"""Values of all domains together: a range of a few characters may stand for many values."""

MOST_ARITY = 256

_RANGE = re.compile(r"([+-]?[0-9]{1,18})\.\.([+-]?[0-9]{1,18})")
_SECTIONS = {
    "domains": ("nbDomains", "domain"),
    "variables": ("nbVariables", "variable"),
    "relations": ("nbRelations", "relation"),
    "constraints": ("nbConstraints", "constraint"),
}


@frozen
class Link:
    """A constraint: a relation that binds the variables of a scope.

    Attributes
    ----------
    scope
        Names of the variables, all different; at least one.
    """

    name: str
    element: Element
    relation: Element
    scope: tuple[str, ...]


@frozen
class Network:
    """The structure of a file, with every reference resolved.

    Attributes
    ----------
    domains
        Values of every domain, in the order of the file.
    variables
        Domain of every variable, in the order of the file.
    places
        Where every variable is declared.
    section
        The element that holds the constraints.
    """

    domains: Mapping[str, tuple[str, ...]]
    variables: Mapping[str, str]
    places: Mapping[str, Element]
    links: tuple[Link, ...]
    section: Element


def read_network(source: Source, kind: str) -> Network:
    """The structure of an XCSP 2.1 file.

    Parameters
    ----------
    source
        Text of the file.
    kind
        ``CSP``: relations are ``supports`` or ``conflicts``; ``WCSP``: they are ``soft``.

    Raises
    ------
    InputError
        The structure is malformed, too large or has parts that are not supported; names up to
        twenty faults.
    """
    elements = read_elements(source)
    _check_kind(elements, kind)
    faults = Faults()
    _check_sections(elements, faults)
    domains = _domains(elements.get("domain", ()), faults)
    places = _unique(elements.get("variable", ()), faults)
    variables: dict[str, str] = {}
    for name, element in places.items():
        with faults.collecting():
            variables[name] = _reference(element, "domain", domains)
    relations = _unique(elements.get("relation", ()), faults)
    semantics = ("soft",) if kind == "WCSP" else ("supports", "conflicts")
    for relation in relations.values():
        with faults.collecting():
            _check_relation(relation, semantics)
    links = []
    for name, element in _unique(elements.get("constraint", ()), faults).items():
        with faults.collecting():
            links.append(_link(name, element, relations, places))
    faults.check()
    section = elements["constraints" if "constraints" in elements else "instance"][0]
    return Network(domains, variables, places, tuple(links), section)


def _check_kind(elements: Mapping[str, Sequence[Element]], kind: str) -> None:
    for presentation in elements.get("presentation", ()):
        form = presentation.attributes.get("format", "XCSP 2.1")
        if not form.startswith("XCSP 2."):
            message = f"the format `{form[:40]}` is not supported, only XCSP 2.1 is"
            raise fail("unsupported-format", message, presentation.attribute_span("format"))
        found = presentation.attributes.get("type", kind)
        if found == kind:
            continue
        remedy = {
            (
                "CSP",
                "WCSP",
            ): "give the model itself, and this file as its prices",
            ("WCSP", "CSP"): "prices are a file of type WCSP; this one has no costs",
        }.get((kind, found), "only CSP, and WCSP for prices, can be read")
        message = f"this is a file of type `{found[:40]}`, but one of type {kind} is needed"
        raise fail("wrong-type", message, presentation.attribute_span("type"), remedy)


def _check_sections(elements: Mapping[str, Sequence[Element]], faults: Faults) -> None:
    for section, (attribute, child) in _SECTIONS.items():
        found = elements.get(section, ())
        if not found and section in ("domains", "variables"):
            message = f"<instance> has no <{section}>"
            faults.add("missing-element", message, elements["instance"][0].span)
        for further in found[1:]:
            faults.add("duplicate-element", f"<{section}> stands here again", further.span)
        if len(found) == 1:
            with faults.collecting():
                found[0].check_count(attribute, len(elements.get(child, ())), child)
    if "variables" in elements and not elements.get("variable"):
        faults.add("no-variables", "the model has no variable", elements["variables"][0].span)


def _unique(elements: Sequence[Element], faults: Faults) -> dict[str, Element]:
    """Elements by name; a second one of a name is a fault."""
    result: dict[str, Element] = {}
    for element in elements:
        with faults.collecting():
            name = element.attribute("name")
            if name in result:
                message = (
                    f"the {element.name} `{name[:40]}` is declared twice, "
                    f"first in line {result[name].line}"
                )
                raise fail("duplicate-name", message, element.attribute_span("name"))
            result[name] = element
    return result


def _domains(elements: Sequence[Element], faults: Faults) -> dict[str, tuple[str, ...]]:
    domains: dict[str, tuple[str, ...]] = {}
    total = 0
    for name, element in _unique(elements, faults).items():
        domains[name] = ()  # known even when faulty, so that one fault is reported once
        with faults.collecting():
            domains[name] = _values(element)
        total += len(domains[name])
        if total > MOST_VALUES:
            message = f"all domains together have more than {MOST_VALUES:,} values"
            faults.add("too-large", message, element.span)
            faults.check()
    return domains


def _values(element: Element) -> tuple[str, ...]:
    too_large = f"the domain has more than {MOST_OPTIONS:,} values"
    values: dict[str, None] = {}
    for number, word in enumerate(element.text.split(None, MOST_OPTIONS + 1)):
        place = element.word_span
        new: Sequence[str] = (word,)
        if bounds := _RANGE.fullmatch(word):
            first, last = int(bounds[1]), int(bounds[2])
            if first > last:
                raise fail("bad-range", f"the range `{word}` is empty", place(number))
            if last - first >= MOST_OPTIONS:
                raise fail("too-large", too_large, place(number))
            new = [str(value) for value in range(first, last + 1)]
        elif "|" in word:
            raise fail("bad-value", f"the value `{word[:40]}` has a bar in it", place(number))
        if twice := [value for value in new if value in values]:
            raise fail(
                "duplicate-value", f"the value `{twice[0][:40]}` is listed twice", place(number)
            )
        values.update(dict.fromkeys(new))
        if len(values) > MOST_OPTIONS:
            raise fail("too-large", too_large, element.span)
    if not values:
        raise fail("empty-domain", "the domain has no value", element.span)
    element.check_count("nbValues", len(values), "values")
    return tuple(values)


def _check_relation(relation: Element, semantics: Sequence[str]) -> None:
    found = relation.attribute("semantics")
    if found not in semantics:
        raise fail(
            "unsupported-semantics",
            f"the semantics `{found[:40]}` is not supported here",
            relation.attribute_span("semantics"),
            "it must be " + " or ".join(f"`{name}`" for name in semantics),
        )
    relation.attribute("arity")
    relation.whole("arity", 1, MOST_ARITY)


def _reference(element: Element, attribute: str, known: Mapping[str, object]) -> str:
    """The name in an attribute; raises `InputError` when it is not one of `known`."""
    name = element.attribute(attribute)
    if name in known:
        return name
    what = "relation" if attribute == "reference" else attribute
    message = f"there is no {what} called `{name[:40]}`"
    remedy = nearest(name, known, what)
    if name.startswith("global:"):
        message = f"the constraint `{name[:40]}` is not supported"
        remedy = "only constraints given as tables (relations) can be read"
    raise fail(f"unknown-{what}", message, element.attribute_span(attribute), remedy)


def _link(
    name: str, element: Element, relations: Mapping[str, Element], variables: Mapping[str, Element]
) -> Link:
    relation = relations[_reference(element, "reference", relations)]
    scope = tuple(element.attribute("scope").split(None, MOST_ARITY + 1))
    place = element.attribute_span
    for position, variable in enumerate(scope):
        if variable not in variables:
            message = f"there is no variable called `{variable[:40]}`"
            remedy = nearest(variable, variables, "variable")
            raise fail("unknown-variable", message, place("scope", position), remedy)
        if variable in scope[:position]:
            message = f"`{variable[:40]}` stands twice in the scope"
            raise fail("duplicate-variable", message, place("scope", position))
    element.whole("arity", 1, MOST_ARITY)
    for declared in (element.attributes.get("arity"), relation.attributes.get("arity")):
        if declared is not None and declared != str(len(scope)):
            message = f"the scope has {len(scope)} variables, but the arity is {declared[:40]}"
            raise fail("wrong-arity", message, place("scope"))
    return Link(name, element, relation, scope)
