"""Find for each item of one list its counterpart in another."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def pair_up(
    left: Sequence[Item], right: Sequence[Item], keys: Sequence[Callable[[Item], Hashable]]
) -> list[tuple[Item | None, Item | None]]:
    """Pair the items of two lists by the first key that two of them share.

    Parameters
    ----------
    left, right
        The items.
    keys
        From the strictest to the most lenient; each sees what those before it left over. Items of one
        key are paired in their order. A key of None pairs nothing.

    Returns
    -------
    list
        One row per item: pairs and what is only on the left in the order of the left, then what is only
        on the right.
    """
    partner: dict[int, int] = {}
    free = list(range(len(right)))
    for key in keys:
        waiting: dict[Hashable, list[int]] = {}
        for place in free:
            waiting.setdefault(key(right[place]), []).append(place)
        waiting.pop(None, None)
        for place, item in enumerate(left):
            if place not in partner and (found := waiting.get(key(item))):
                partner[place] = found.pop(0)
        taken = set(partner.values())
        free = [place for place in free if place not in taken]
    paired = [(item, right[partner[place]] if place in partner else None) for place, item in enumerate(left)]
    return [*paired, *((None, right[place]) for place in free)]


def in_order(right: Sequence[Item], pairs: Sequence[tuple[Item | None, Item | None]]) -> bool:
    """Say whether the paired items stand in the same order on both sides."""
    places = {id(item): place for place, item in enumerate(right)}
    found = [places[id(second)] for first, second in pairs if first is not None and second is not None]
    return found == sorted(found)
