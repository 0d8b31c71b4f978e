"""What charts call the things of a catalogue: their titles, or else their names."""

from __future__ import annotations

from attrs import frozen

from cmf.model.catalog import Catalog


@frozen
class Titles:
    """Titles of a catalogue. Tables keep the names, by which things are found again."""

    catalog: Catalog

    def option(self, axis: str, name: str) -> str:
        """An option of a slot or feature: its title, with the name behind where others have it.

        The name alone where it has no title or is unknown.
        """
        for each in self.catalog.axes:
            if each.name == axis:
                titles = {option.name: option.title for option in each.options}
                title = titles.get(name) or name
                return f"{title} ({name})" if [*titles.values()].count(title) > 1 else title
        return name

    def part(self, number: str) -> str:
        """A part."""
        part = self.catalog.parts.get(number)
        return part.name if part is not None and part.name else number

    def scope(self, name: str) -> str:
        """A scope."""
        scope = self.catalog.scopes.get(name)
        return scope.title if scope is not None and scope.title else name

    def slot(self, name: str) -> str:
        """A slot or feature."""
        titles = {axis.name: axis.title for axis in self.catalog.axes}
        return titles.get(name) or name

    def step(self, level: str, name: str) -> str:
        """A step on the way to a target: a part, or a slot and its module."""
        slot, _, module = name.partition(" ")
        if level != "module" or not module:
            return self.part(name)
        return f"{self.slot(slot)}: {self.option(slot, module)}"
