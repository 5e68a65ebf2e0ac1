"""What the notebook of a calibration meeting shows, section by section (§3.1)."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from salesperf_lib import __version__, facts, stats
from salesperf_lib.language import ABSENT, signed
from salesperf_lib.params import read_ledger, read_yaml, source_file
from salesperf_lib.params.policy import Kpi
from salesperf_lib.reports.markup import Content, Markup, Table, block, definitions, element, join, paragraphs
from salesperf_lib.reports.masthead import style
from salesperf_lib.reports.meeting import ATTENDEES, RECENT, SALES, Meeting
from salesperf_lib.targets.basis import UNASSIGNED

NOTEBOOK = "15_calibration_meeting"
WAYS = ("naive", "level", "blend")


def masthead(meeting: Meeting) -> Markup:
    """Show what the meeting is about and what it was asked for."""
    text, locale = meeting.locale.text, meeting.locale
    title = element("h1", text("meeting.title"))
    period = element("p", locale.period(meeting.first.label), class_="period")
    question = element("p", text("meeting.question"), class_="question")
    pairs: list[tuple[Content, Content]] = [
        (text("meeting.looked_back"), locale.period(meeting.policy.period.label)),
        (text("meeting.first"), locale.period(meeting.first.label)),
        (text("meeting.shock"), _say_shock(meeting)),
        (text("meeting.alternative"), name_of(meeting, meeting.alternative)),
        (text("report.parameter.scenario"), meeting.policy.scenario_name.of(locale.lang)),
        (text("report.parameter.today"), locale.date(meeting.today)),
    ]
    note = element("p", provenance(meeting), class_="note")
    parts = [element("div", title, period, class_="title"), question, definitions(pairs, "parameters"), note]
    return join([style(), block(*parts, kind="masthead")])


def coverage(meeting: Meeting) -> Markup:
    """Say what the data cover, and which months are closed."""
    locale, held = meeting.locale, meeting.facts
    policy = meeting.policy
    named = read_yaml(source_file(policy.source, policy.root)).get("name", {})
    said = locale.text(
        "meeting.data",
        source=named.get(locale.lang, policy.source),
        first=locale.date(held.first_day),
        last=locale.date(held.last_day),
        closed=locale.date(meeting.closed_through),
    )
    return block(element("p", said, class_="note"), kind="bare")


def shift(meeting: Meeting) -> Markup:
    """Say what moved outside: when, by how much, how sure that is, and what is used below."""
    text, locale, found = meeting.locale.text, meeting.locale, meeting.shift
    said = [meeting.say_shift()]
    if found.code in ("shift", "small", "unconfirmed"):
        ends = {"first": locale.period(found.first), "last": locale.period(found.last)}
        months = text("meeting.shift.range", **ends) if found.first != found.last else ends["first"]
        p = locale.number(found.p, 4)
        said.append(text("meeting.shift.evidence", p=p, months=months, n=found.n))
    if meeting.shock == 0:
        said.append(text("meeting.shift.nothing"))
    else:
        key = "meeting.shift.typed" if meeting.typed else "meeting.shift.used"
        said.append(text(key, size=_moved(meeting, meeting.shock)))
    if earlier := [one.id for one in meeting.year.amendments if one.kind == "calibration"]:
        said.append(text("meeting.shift.again", ids=locale.listing(earlier)))
    return block(element("h2", text("meeting.shift.heading")), paragraphs(said, "lead"))


def shift_frame(meeting: Meeting) -> pd.DataFrame:
    """Give what `charts.shock` draws: value, value without the season, and level of every month."""
    rows = meeting.monthly(meeting.rules.shocked)
    return stats.shift_levels(rows["period"].tolist(), rows["value"].tolist(), meeting.shift)


def shocked(meeting: Meeting) -> tuple[str, str]:
    """Give name and unit of the indicator whose price moved."""
    kpi = meeting.policy.kpis[meeting.rules.shocked]
    return kpi.name.of(meeting.locale.lang), kpi.unit


def proposals(meeting: Meeting) -> Markup:
    """Show the alternatives side by side, and what they leave unpaid for in full."""
    text, locale = meeting.locale.text, meeting.locale
    heading = element("h2", text("meeting.proposals.heading"))
    frame = meeting.proposals
    if frame.empty:
        return block(heading, element("p", text("meeting.shift.nothing")))
    bought = locale.percent(1 / float(frame["price_factor"].iloc[0]))
    lead = text("meeting.proposals.lead", size=_moved(meeting, meeting.shock), bought=bought)
    months = meeting.months_of(meeting.before, SALES).index
    span = {"first": locale.period(months[0]), "last": locale.period(months[-1])}
    names = ("name", "leads", "conversion", "order_value", "sales", "gap", "share")
    rows = [_proposal_row(meeting, row) for _, row in frame.iterrows()]
    heads = [text(f"meeting.proposals.{name}") for name in names]
    shown = Table(text("meeting.proposals.caption", **span), pd.DataFrame(rows, columns=heads))
    return block(heading, paragraphs([lead], "lead"), shown, paragraphs(say_proposals(meeting)))


def say_proposals(meeting: Meeting) -> list[str]:
    """Say how to read the alternatives; nothing without a shock."""
    text, locale, frame = meeting.locale.text, meeting.locale, meeting.proposals
    if frame.empty:
        return []
    gaps = frame.set_index("alternative")["unfunded_gap"]
    reading = text("meeting.proposals.relief")
    if meeting.shock > 0:
        told = {name: _in_full(meeting, gaps[code]) for name, code in (("gap", "rule"), ("keep", "keep"))}
        reading = text("meeting.proposals.reading", **told)
    rates = [
        text(
            "meeting.proposals.rate",
            kpi=_kpi(meeting, kpi).name.of(locale.lang),
            rate=locale.percent(row["rate"]),
            cap=locale.percent(meeting.caps[str(kpi)]),
        )
        for kpi, row in meeting.recent.iterrows()
    ]
    quantile = locale.percent(meeting.rules.cap_quantile, 0)
    start = text("meeting.proposals.start", n=RECENT, quantile=quantile, rates=locale.listing(rates))
    above = [_kpi(meeting, kpi).name.of(locale.lang) for kpi in _above(meeting)]
    held = text("meeting.proposals.above", rates=locale.listing(above)) if above else ""
    return [part for part in (reading, start if rates else "", held) if part]


def months(meeting: Meeting) -> Markup:
    """Show every target of the company that the chosen alternative changes, before and after."""
    text, locale = meeting.locale.text, meeting.locale
    heading = element("h2", text("meeting.months.heading"))
    if not meeting.changes:
        return block(heading, element("p", text("meeting.months.none")))
    moved = list(dict.fromkeys(change.kpi for change in meeting.changes))
    labels = list(meeting.months_of(meeting.before, moved[0]).index)
    rows: list[list[str]] = []
    for kpi in moved:
        for key, book in (("before", meeting.before), ("after", meeting.after)):
            values = meeting.months_of(book, kpi).reindex(labels)
            total = values.sum() if _kpi(meeting, kpi).kind == "volume" else float("nan")
            named = _kpi(meeting, kpi).name.of(locale.lang) if key == "before" else ""
            cells = [_write(meeting, value, kpi) for value in [*values, total]]
            rows.append([named, text(f"meeting.{key}"), *cells])
    heads = [text("meeting.kpi"), "", *(locale.period(label) for label in labels), text("meeting.total")]
    caption = text("meeting.months.caption", name=name_of(meeting, meeting.alternative))
    closed = text("meeting.months.closed", first=locale.period(meeting.first.label))
    return block(
        heading, Table(caption, pd.DataFrame(rows, columns=heads), words=(0, 1)), paragraphs([closed])
    )


def teams(meeting: Meeting) -> Markup:
    """Show what the chosen alternative means for each team: sums of the open months before and after."""
    text, locale = meeting.locale.text, meeting.locale
    heading = element("h2", text("meeting.teams.heading"))
    if not meeting.changes:
        return block(heading, element("p", text("meeting.months.none")))
    named = facts.team_table(meeting.facts).set_index("team_id")["name"].to_dict()
    volumes = [*meeting.rules.volumes, SALES]
    rows: list[list[str]] = []
    for unit in [*_team_ids(meeting), "company"]:
        label = named.get(unit, text("workbook.outside") if unit == UNASSIGNED else text("meeting.total"))
        cells = [str(label)]
        for kpi in volumes:
            before, after = (
                float(meeting.months_of(book, kpi, unit).sum()) for book in (meeting.before, meeting.after)
            )
            change = _moved(meeting, after / before - 1, 1) if before else ABSENT
            cells += [_write(meeting, before, kpi), _write(meeting, after, kpi), change]
        rows.append(cells)
    heads = [text("meeting.team")]
    for kpi in volumes:
        told = {"kpi": _kpi(meeting, kpi).name.of(locale.lang)}
        heads += [text(f"meeting.teams.{key}", **told) for key in ("before", "after")]
        heads.append(text("meeting.difference"))
    labels = meeting.months_of(meeting.before, SALES).index
    caption = text("meeting.teams.caption", first=locale.period(labels[0]), last=locale.period(labels[-1]))
    return block(heading, Table(caption, pd.DataFrame(rows, columns=heads), total=True))


def rest(meeting: Meeting) -> Markup:
    """Show what the rest of the year's net sales could be set to, and how likely each is reached."""
    text, locale, found = meeting.locale.text, meeting.locale, meeting.rest
    heading = element("h2", text("meeting.rest.heading"))
    if found is None:
        return block(heading, element("p", text("meeting.rest.none")))
    plan = found.months[found.months["alternative"] == WAYS[0]]
    closed = plan[plan["closed"]]
    left = float(plan.loc[~plan["closed"], "plan"].sum())
    lead = text(
        "meeting.rest.lead",
        n=len(closed),
        reached=locale.money(closed["actual"].sum()),
        attained=locale.percent(closed["actual"].sum() / closed["plan"].sum()),
        forecast=locale.money(found.forecast),
        target=locale.money(plan["plan"].sum()),
        p=locale.percent(found.p_plan, 0),
    )
    rows = [
        [
            text(f"meeting.rest.{row['alternative']}"),
            locale.money(row["rest"]),
            _moved(meeting, row["rest"] / left - 1, 1),
            locale.money(row["landing"]),
            locale.percent(row["p_hit"], 0),
        ]
        for _, row in found.outcomes.iterrows()
    ]
    heads = [text(f"meeting.rest.{name}") for name in ("way", "rest", "change", "landing", "p_hit")]
    shown = Table(text("meeting.rest.caption"), pd.DataFrame(rows, columns=heads))
    return block(heading, paragraphs([lead], "lead"), shown)


def ledger(meeting: Meeting) -> Markup:
    """Show every record of the source that was known on the day of the meeting, with its state."""
    text = meeting.locale.text
    heading = element("h2", text("meeting.ledger.heading"))
    rows = history(meeting)
    if not rows:
        return block(heading, element("p", text("meeting.ledger.none")))
    names = ("id", "kind", "recorded", "valid", "decided", "gap", "changes", "state")
    heads = [text(f"meeting.ledger.{name}") for name in names]
    frame = pd.DataFrame(rows, columns=heads)
    return block(heading, Table(text("meeting.ledger.caption"), frame, words=(0, 1, 2, 3, 4, 7)))


def history(meeting: Meeting) -> list[list[str]]:
    """Write every record: number, kind, days, decision, gap, number of targets changed, state."""
    locale, as_of = meeting.locale, meeting.policy.as_of
    records = [
        one
        for one in read_ledger(meeting.policy.root, meeting.policy.source)
        if as_of is None or one.recorded_on <= as_of
    ]
    ends = {one.withdraws: one for one in records if one.withdraws}
    rows: list[list[str]] = []
    for one in records:
        state = locale.text("meeting.state.in_force")
        if one.withdraws:
            state = locale.text("meeting.state.withdrawal", id=one.withdraws)
        elif end := ends.get(one.id):
            month = locale.period(f"{end.valid_from:%Y-%m}")
            state = locale.text("meeting.state.withdrawn", id=end.id, month=month)
        rows.append(
            [
                one.id,
                locale.text(f"calibration.kind.{one.kind}"),
                locale.date(one.recorded_on),
                locale.period(f"{one.valid_from:%Y-%m}"),
                one.title.zh if locale.lang == "zh" else one.title.en,
                _in_full(meeting, one.unfunded_gap) if one.kind == "calibration" else ABSENT,
                locale.number(len(one.changes)),
                state,
            ]
        )
    return rows


def how_to_accept(meeting: Meeting) -> Markup:
    """Give the exact command that records the chosen alternative; nothing is recorded here."""
    text = meeting.locale.text
    heading = element("h2", text("meeting.accept.heading"))
    if meeting.proposals.empty:
        return block(heading, element("p", text("meeting.shift.nothing")))
    shown = _code(accept_command(meeting))
    return block(heading, element("p", text("meeting.accept.text")), shown)


def accept_command(meeting: Meeting) -> str:
    """Give the command line that records the chosen alternative, in force from the meeting's month."""
    policy = meeting.policy
    words = ["salesperf", "targets", "calibrate", "--source", policy.source, "--scenario", policy.scenario]
    words += ["--period", policy.period.label, "--from", meeting.first.label]
    words += ["--shock", f"{meeting.typed:g}"] if meeting.typed else ["--detect"]
    words += ["--alternative", meeting.alternative, "--accept"]
    words += ["--recorded-on", meeting.today.isoformat(), "--decided"]
    words.append(meeting.locale.text("meeting.accept.decided", name=name_of(meeting, meeting.alternative)))
    for role, count in ATTENDEES.items():
        words += ["--attendee", role if count == 1 else f"{role}:{count}"]
    return shlex.join(words)


def limits(meeting: Meeting) -> Markup:
    """Say what the numbers do not say."""
    text = meeting.locale.text
    said = [text(f"meeting.limits.{name}") for name in ("budget", "shift", "conversion", "chance")]
    return block(element("h2", text("report.limits.heading")), paragraphs(said))


def reproduce(meeting: Meeting) -> Markup:
    """Give the command that yields the same report, and what it rests on."""
    text = meeting.locale.text
    shown = _code(render_command(meeting))
    note = element("p", provenance(meeting), class_="note")
    heading = element("h2", text("report.reproduce.heading"))
    return block(heading, element("p", text("report.reproduce.text")), shown, note)


def render_command(meeting: Meeting) -> str:
    """Give the command line that renders the notebook again as it was known on its day."""
    policy = meeting.policy
    words = ["salesperf", "render", NOTEBOOK, "--period", policy.period.label, "--lang", meeting.locale.lang]
    words += ["--source", policy.source, "--scenario", policy.scenario]
    words += ["--as-of", meeting.facts.recorded_on.isoformat()]
    words += ["-p", f"valid_from={meeting.first.label}", "-p", f"alternative={meeting.alternative}"]
    words += ["-p", f"shock={meeting.typed:g}"] if meeting.typed else []
    return shlex.join([*words, "--provisional"] if meeting.provisional else words)


def provenance(meeting: Meeting) -> str:
    """Say in one line what the numbers were made of."""
    locale, held = meeting.locale, meeting.facts
    return locale.text(
        "report.provenance",
        period=meeting.policy.period.label,
        scenario=meeting.policy.scenario,
        policy=meeting.year.digest,
        data=held.digest[:16],
        recorded=locale.date(held.recorded_on),
        last=locale.date(held.last_day),
        version=__version__,
    )


def name_of(meeting: Meeting, alternative: str) -> str:
    """Give what people call an alternative."""
    return meeting.locale.text(f"calibration.alternative.{alternative}")


def _proposal_row(meeting: Meeting, row: pd.Series) -> list[str]:
    locale, code = meeting.locale, str(row["alternative"])
    name = name_of(meeting, code)
    if code == meeting.alternative:
        name = locale.text("meeting.proposals.chosen", name=name)
    amount = _in_full(meeting, row["unfunded_gap"])
    if row["unfunded_share"] != 0 and not row["conceded"]:
        amount = locale.text("meeting.proposals.unsaid", amount=amount)
    factors = [_moved(meeting, row[f"{key}_factor"] - 1, 1) for key in ("conversion", "order_value")]
    leads = _with_change(meeting, locale.number(round(row["leads"])), row["leads_factor"] - 1)
    sales = _with_change(meeting, locale.money(row["sales"]), row["sales_factor"] - 1)
    return [name, leads, *factors, sales, amount, locale.percent(row["unfunded_share"])]


def _team_ids(meeting: Meeting) -> Sequence[str]:
    rows = meeting.before
    own = rows.loc[(rows["level"] == "team") & (rows["kpi"] == SALES), "unit_id"].unique()
    return [one for one in own if float(meeting.months_of(meeting.before, SALES, one).sum())]


def _above(meeting: Meeting) -> list[str]:
    """List the rates whose targets of the open months already lie above their cap."""
    lowest = {kpi: meeting.months_of(meeting.before, kpi).min() for kpi in meeting.caps}
    return [kpi for kpi, cap in meeting.caps.items() if lowest[kpi] >= cap]


def _kpi(meeting: Meeting, kpi: object) -> Kpi:
    return meeting.policy.kpis[str(kpi)]


def _say_shock(meeting: Meeting) -> str:
    if meeting.shock == 0:
        return meeting.locale.text("meeting.shock.none")
    origin = meeting.locale.text(f"calibration.origin.{meeting.origin}")
    return meeting.locale.text("meeting.shock.value", size=_moved(meeting, meeting.shock), origin=origin)


def _moved(meeting: Meeting, change: float, digits: int = 1) -> str:
    """Write a change as a percentage with its sign; nothing as nothing."""
    written = meeting.locale.percent(change, digits)
    return meeting.locale.percent(0, 0) if not round(100 * change, digits) else signed(written)


def _with_change(meeting: Meeting, amount: str, change: float) -> str:
    """Write an amount and by how much it moved; alone where it did not."""
    if not round(100 * change, 1):
        return amount
    return meeting.locale.text("meeting.proposals.moved", amount=amount, change=_moved(meeting, change))


def _code(command: str) -> Markup:
    """Show a command; its words may be Chinese, which fonts of code rarely hold."""
    font = "font-family: inherit"
    return element("pre", element("code", command, style=font), style=font)


def _in_full(meeting: Meeting, minor: float) -> str:
    """Write an amount in whole major units, not in millions: it is what somebody has to find."""
    return replace(meeting.locale, digits=0).money_in_full(minor)


def _write(meeting: Meeting, value: float, kpi: str) -> str:
    if pd.isna(value):
        return ""
    return meeting.locale.value(value, _kpi(meeting, kpi).unit)
