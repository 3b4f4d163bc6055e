"""Every way from a value to the result, and its gradient written out as products of slopes between named values."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

from core.autograd import Value, topological_order
from core.graphs.words import factors, partial, terms, worked_out
from core.words import equals_text, number_text

MAX_PATHS = 12  # more are not written out one by one

Names = Mapping[Value, str]
# A named value → the next ones on the way to the result, each with ∂next/∂value.
Links = Mapping[Value, list[tuple[Value, float]]]


@dataclass(frozen=True, eq=False)
class Path:
    """One way from a value to the result: the named values on it, and the slope from each to the next."""

    values: tuple[Value, ...]  # the value first, the result last
    slopes: tuple[float, ...]  # one fewer

    @property
    def product(self) -> float:
        """This path's share of the gradient."""
        return prod(self.slopes)

    def symbols(self, names: Names) -> list[str]:
        """The derivatives along it, from the result back: ∂L/∂m, ∂m/∂n, ∂n/∂x."""
        return [partial(names[self.values[i + 1]], names[self.values[i]]) for i in reversed(range(len(self.slopes)))]

    def written(self, names: Names) -> str:
        """Its product in symbols and in numbers: ∂L/∂m · ∂m/∂n · ∂n/∂x = 1 · 3 · 4 = 12."""
        if len(self.slopes) == 1:
            return number_text(self.product)
        numbers = self.slopes[::-1]
        return f"{' · '.join(self.symbols(names))} {worked_out(factors(numbers), numbers, self.product)}"


def named_links(root: Value, names: Names) -> Links:
    """Return the slopes between named values; the ways through values without a name are added up into one slope."""
    links: dict[Value, list[tuple[Value, float]]] = {value: [] for value in topological_order(root)}
    for child in reversed(list(links)):  # the result first, so that links[child] is complete
        for parent, slope in zip(child.parents, child.slopes, strict=True):
            if child in names:
                links[parent].append((child, slope))
            else:
                for value, further in links[child]:
                    _add(links[parent], value, slope * further)
    return {value: further[::-1] for value, further in links.items() if value in names}


def _add(links: list[tuple[Value, float]], value: Value, slope: float) -> None:
    """Add a slope to the link that leads to the same value, or start one (mutates `links`)."""
    for index, (other, already) in enumerate(links):
        if other is value:
            links[index] = (value, already + slope)
            return
    links.append((value, slope))


def above(leaf: Value, links: Links) -> list[Value]:
    """Return every named value on a way from `leaf` to the result, the leaf first."""
    found = {leaf: None}
    stack = [leaf]
    while stack:
        new = [value for value, _ in links[stack.pop()] if value not in found]
        found.update(dict.fromkeys(new))
        stack.extend(new)
    return list(found)


def count_paths(root: Value, links: Links) -> dict[Value, int]:
    """Return how many paths lead from each named value to the result."""
    counts: dict[Value, int] = {}
    for value in reversed([value for value in topological_order(root) if value in links]):
        counts[value] = 1 if value is root else sum(counts[further] for further, _ in links[value])
    return counts


def all_paths(leaf: Value, links: Links) -> list[Path]:
    """Return every path from `leaf` to the result; the sum of their products is the leaf's gradient."""
    found, stack = [], [Path((leaf,), ())]
    while stack:
        path = stack.pop()
        further = links[path.values[-1]]
        if not further:
            found.append(path)
        stack.extend(Path((*path.values, value), (*path.slopes, slope)) for value, slope in reversed(further))
    return found


def written_out(root: Value, leaf: Value, names: Names, links: Links, paths: int) -> tuple[str, ...]:
    """Return ∂root/∂leaf in lines: one product a path, and their sum; one term a use when there are too many paths."""
    whole = partial(names[root], names[leaf])
    if leaf is root:
        return (f"{whole} = 1",)
    if paths > MAX_PATHS:
        texts = [f"{partial(names[root], names[use])} · {partial(names[use], names[leaf])}" for use, _ in links[leaf]]
        shares = [use.grad * slope for use, slope in links[leaf]]
        uses = f"{len(shares)} uses" if len(shares) > 1 else "one use"
        head = f"{paths:,} paths lead from {names[leaf]} to {names[root]}. Gathered by its {uses}:"
        return (head, f"{whole} = {' + '.join(texts)}", worked_out(terms(shares), shares, leaf.grad))
    found = all_paths(leaf, links)
    shares = [path.product for path in found]
    if len(found) == 1:
        alone = len(found[0].slopes) == 1
        return (f"{whole} {equals_text(shares[0])}" if alone else f"{whole} = {found[0].written(names)}",)
    lines = (f"path {number}: {path.written(names)}" for number, path in enumerate(found, 1))
    return (*lines, f"{whole} {worked_out(terms(shares), shares, leaf.grad)}")
