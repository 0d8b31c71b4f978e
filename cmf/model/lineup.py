"""A line-up: vehicles with their briefs and volumes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import field, frozen

from cmf.model.catalog import Basis
from cmf.source import Span, Text


@frozen
class Vehicle:
    """A nameplate of the line-up.

    Attributes
    ----------
    pins
        Axis name to the option that the line-up fixes.
    require
        Further condition of the brief; `None` when the pins say all.
    volumes
        Calendar year to vehicles a year; key 0 when no year was given.
    published
        Quantity name to its published value in base units.
    refused_by
        Rules that are expected to refuse the vehicle; empty for a vehicle that must be buildable.
    """

    id: str
    name: str
    pins: Mapping[str, str]
    require: Text | None = None
    volumes: Mapping[int, int] = field(factory=dict)
    volume_basis: Basis | None = None
    published: Mapping[str, int] = field(factory=dict)
    refused_by: tuple[str, ...] = ()
    source: str = ""
    note: str = ""
    span: Span | None = field(default=None, eq=False, repr=False)


@frozen
class Lineup:
    """Vehicles that are planned together.

    Attributes
    ----------
    catalog
        Folder of the catalogue the vehicles are built from.
    minimise
        Quantity at whose least value a vehicle is completed where its brief leaves it open.
    scopes
        Names of the scopes to report, in order.
    digest
        SHA-256 of all files read, in hexadecimal.
    """

    name: str
    title: str
    folder: Path
    catalog: Path
    minimise: str
    scopes: tuple[str, ...]
    vehicles: tuple[Vehicle, ...]
    digest: str
