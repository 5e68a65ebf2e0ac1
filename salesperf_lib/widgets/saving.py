"""Keep a scheme: save it as a scenario, or adopt it as the rule from a month on (§4, DESIGN §3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets as ipw

from salesperf_lib import weights
from salesperf_lib.errors import ParamError, SalesPerfError
from salesperf_lib.params import Name
from salesperf_lib.periods import Period
from salesperf_lib.reports.markup import Markup, element, join
from salesperf_lib.widgets.choice import Room
from salesperf_lib.widgets.words import Words

if TYPE_CHECKING:
    from salesperf_lib.weights import Scheme

Chosen = Callable[[], "Scheme"]


class Form:
    """Fields, a button, and beside it what came of pressing it; what was typed always stays.

    Parameters
    ----------
    words
        How everything is called.
    kind
        ``save`` or ``adopt``.
    fields
        Names of the fields, in order; those in `optional` may stay empty.
    done
        Called with what was typed; gives what is said afterwards.
    optional
        Fields that may stay empty.
    """

    def __init__(
        self,
        words: Words,
        kind: str,
        fields: tuple[str, ...],
        done: Callable[[dict[str, str]], Markup],
        optional: tuple[str, ...] = (),
    ) -> None:
        self._words, self._kind, self._done, self._optional = words, kind, done, optional
        self.fields = {name: self._field(name) for name in fields}
        self.button = ipw.Button(
            description=words.text(f"{kind}.button"), button_style="primary", layout=ipw.Layout(width="auto")
        )
        self.button.on_click(lambda _: self.press())
        self.said = ipw.HTML()
        about = ipw.HTML(element("p", words.text(f"{kind}.about"), class_="sp bare").html)
        self.view = ipw.VBox([about, *self.fields.values(), self.button, self.said])

    def press(self) -> None:
        """Do what the form is for, and say what came of it."""
        typed = {name: str(field.value).strip() for name, field in self.fields.items()}
        empty = [name for name, value in typed.items() if not value and name not in self._optional]
        if empty:
            names = self._words.locale.listing([self._label(name) for name in empty])
            self.said.value = refusal([self._words.text("form.empty", fields=names)]).html
            return
        try:
            self.said.value = self._done(typed).html
        except SalesPerfError as error:
            self.said.value = refusal([str(problem) for problem in error.problems]).html
        except OSError as error:  # a folder that cannot be written: said here, not lost in a log
            self.said.value = refusal([self._words.text("form.unwritable", reason=str(error))]).html

    def _field(self, name: str) -> ipw.Text:
        return ipw.Text(
            description=self._label(name),
            placeholder=self._words.text(f"{self._kind}.hint.{name}"),
            layout=ipw.Layout(width="560px", max_width="100%"),
            style={"description_width": "150px"},
        )

    def _label(self, name: str) -> str:
        return self._words.text(f"{self._kind}.{name}")


def save_form(
    room: Room, words: Words, chosen: Chosen, root: Path | None, saved: Callable[[Scheme], None]
) -> Form:
    """Make the form that saves the chosen scheme as a scenario.

    Parameters
    ----------
    room, words
        The exploration, and how everything is called.
    chosen
        Gives the scheme that is chosen now.
    root
        The project to write to; None = that of the rules.
    saved
        Called with the scheme as it was saved.
    """

    def done(typed: dict[str, str]) -> Markup:
        name = Name(typed["name_zh"], typed["name_en"])
        purpose = Name(typed["purpose_zh"], typed["purpose_en"])
        scheme = chosen()
        path = weights.save_scheme(room.exploration, scheme, typed["key"], name, purpose, root)
        saved(weights.Scheme(typed["key"], scheme.dimension_weights, scheme.sub_weights, "saved", name))
        return _success(words.text("save.done", file=_inside(path)))

    fields = ("name_zh", "name_en", "key", "purpose_zh", "purpose_en")
    return Form(words, "save", fields, done)


def adopt_form(room: Room, words: Words, chosen: Chosen, root: Path | None) -> Form:
    """Make the form that writes the chosen scheme into params/ as the rule from a month on."""

    def done(typed: dict[str, str]) -> Markup:
        since = _month(typed["since"], words)
        paths = weights.adopt_scheme(
            room.exploration, chosen(), since, typed["decided"], today(), note=typed["note"], root=root
        )
        files = words.locale.listing([_inside(path) for path in paths])
        return _success(words.text("adopt.done", files=files, since=words.locale.period(typed["since"])))

    return Form(words, "adopt", ("since", "decided", "note"), done, optional=("note",))


def today() -> date:
    """Give the day on which somebody presses the button; the library itself never reads the clock."""
    return date.today()  # noqa: DTZ011 (the day where the page is open)


def refusal(reasons: list[str]) -> Markup:
    """Say what is wrong, item by item."""
    items = join(element("li", reason) for reason in reasons)
    return element("div", element("ul", items), class_="sp bare refusal", role="alert")


def _success(said: str) -> Markup:
    return element("p", said, class_="sp bare good", role="status")


def _month(written: str, words: Words) -> date:
    """Read the month from which something holds."""
    from salesperf_lib.errors import Problem

    try:
        period = Period.parse(written)
    except SalesPerfError as error:
        raise ParamError(*error.problems) from error
    if period.kind != "month":
        raise ParamError(Problem(words.text("adopt.since"), written, words.text("adopt.hint.since")))
    return period.first


def _inside(path: Path) -> str:
    """Write a file as it lies in the project."""
    parts = path.parts
    return "/".join(parts[parts.index("params") :]) if "params" in parts else path.name
