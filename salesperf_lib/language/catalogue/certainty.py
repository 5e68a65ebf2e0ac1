"""Words of how certain grades and ranks are."""

# ruff: noqa: E501 (wide characters count twice)

ENTRIES: dict[str, tuple[str, str]] = {
    "report.certainty.heading": ("等级有多可靠", "How far the grades can be trusted"),
    "report.certainty.nobody": (
        "本团队没有按得分评定的等级。",
        "Nobody in the team has a grade that follows from a score.",
    ),
    # How grades were given
    "report.certainty.thresholds": (
        "等级按分数线给出：{grades}；各等级不限人数。",
        "Grades follow thresholds: {grades}; no grade is limited to a share of people.",
    ),
    "report.certainty.forced": (
        "等级在{cohort}内按固定比例给出：{quotas}；不足{least}人的，改按分数线（{grades}）。{tie}{scale}",
        "Grades are fixed shares of {cohort}: {quotas}; with fewer than {least} people the thresholds hold instead ({grades}). {tie}{scale}",
    ),
    "report.certainty.quota": ("{grade} {share}", "{grade} {share}"),
    "report.certainty.cohort.company": ("全公司", "the whole company"),
    "report.certainty.cohort.role": ("同一岗位", "each role"),
    "report.certainty.cohort.team": ("各团队", "each team"),
    "report.certainty.tie.promote": (
        "得分相同的，一律取较高的等级。",
        "People with equal scores all get the better grade.",
    ),
    "report.certainty.tie.kpi": (
        "得分相同的，{kpi}得分高者优先；仍相同的，一律取较高的等级。",
        "Of people with equal scores the one with more points for {kpi} comes first; who is still equal gets the better grade.",
    ),
    "report.certainty.scale": (
        "团队的名额随团队平均分与全公司平均分之比增减。",
        " A team's places follow its mean score relative to the company's.",
    ),
    # How firm they are
    "report.certainty.firm": (
        "{all}个等级中有{count}个可靠（把握度不低于{least}）：{names}。其余的，若重新测一次，可能是另一个等级。",
        "Of {all:grade|grades}, {count} can be relied on (at least {least} certain): {names}. The others could be another grade if everything were measured again.",
    ),
    "report.certainty.all_firm": (
        "{all}个等级都可靠，把握度均不低于{least}。",
        "All of the {all:grade|grades} can be relied on: at least {least} certain.",
    ),
    "report.certainty.none_firm": (
        "{all}个等级中没有一个把握度达到{least}：若重新测一次，每一个都可能不同。",
        "Of {all:grade|grades} none is {least} certain: each could be another one if everything were measured again.",
    ),
    "report.certainty.other": (
        "以下成员，另一个等级比评定的等级更可能：{people}。其得分靠近分数线，或某项指标靠近计分的门槛；做决定前请先看逐项依据。",
        "Another grade is more likely than the one given for {people}: a score close to a threshold, or an indicator close to a step of its curve; read the lines before you decide.",
    ),
    "report.certainty.person": (
        "{name}（评为{grade}，把握度{p}；{other}为{q}）",
        "{name} (graded {grade}, {p} certain; {other}: {q})",
    ),
    "report.certainty.base_rate": (
        "全公司{people}人的得分差距中，约{real}是真实差别，其余是测量误差；本期{share}的人得{grade}。照这样的数据，每100个得{grade}的人里，约有{hits}人真正属于最好的{share}。",
        "Of the spread of scores among the company's {people} people, about {real} is real and the rest measurement noise; {share} of them are graded {grade}. Of 100 people graded {grade} by such data, about {hits} truly belong to the top {share}.",
    ),
    # Ranks
    "report.certainty.pairs": (
        "团队内两两相比共{all}对，其中{count}对分不出高低。",
        "Of {all:pair|pairs} of people in the team, {count} cannot be told apart.",
    ),
    "report.certainty.none_alike": (
        "团队内任意两人的高低都分得出。",
        "Any two people of the team can be told apart.",
    ),
    "report.certainty.alike": (
        "{first}与{second}分不出高低：相差{difference}分，区间为{low}至{high}分。",
        "{first} and {second} cannot be told apart: difference {difference} points, interval {low} to {high}.",
    ),
    "report.certainty.alike_graded": (
        "{first}（{grade_first}）与{second}（{grade_second}）等级不同，但分不出高低：相差{difference}分，区间为{low}至{high}分。",
        "{first} ({grade_first}) and {second} ({grade_second}) hold different grades, yet cannot be told apart: difference {difference} points, interval {low} to {high}.",
    ),
    # Contested and vetoed
    "report.certainty.contested": (
        "有争议的等级：{names}。三个维度的权重在允许范围内换一种同样合规的取法，等级就可能不同。这是规则的取舍，不是测量误差。",
        "Contested: {names}. Other weights of the three dimensions, just as admissible, could give another grade. That is a choice of rules, not an error of measurement.",
    ),
    "report.certainty.veto": (
        "{names}：案件已查实，按一票否决规则等级为{grade}，不排名次，也不计把握度。综合得分仍是各项贡献之和，其他人的等级和名次不受影响；对此可以申诉。",
        "{names}: a case is confirmed, so the veto rule sets grade {grade}; there is no rank and no certainty to state. The score stays what its lines add up to, and nobody else's grade or rank is affected. An appeal is possible.",
    ),
    # Tables
    "report.certainty.caption": (
        "各等级的可能性与可能的名次（全公司，{level}区间）",
        "How likely each grade is, and the ranks that are likely ({level} interval, whole company)",
    ),
    "report.certainty.name": ("姓名", "Name"),
    "report.certainty.grade": ("等级", "Grade"),
    "report.certainty.rank": ("名次", "Rank"),
    "report.certainty.ranks": ("可能的名次", "Likely ranks"),
    "report.certainty.range": ("{best}–{worst}", "{best}–{worst}"),
    "report.certainty.apart": ("分不出高低的同事", "Colleagues not told apart"),
    "report.certainty.of": ("{count}/{all}", "{count} of {all}"),
    "report.certainty.method": (
        "做法：把有样本量的指标按各自的测量误差重抽{draws}次，每次重新计分、评级、排名。说的是数据的精度，不是人；只看名次，不能断定一个人能否胜任。",
        "How: every indicator with known numbers of observations is redrawn {draws} times from its measurement noise, and everybody scored, graded and ranked anew. This speaks of the data, not of the person: no rank alone says whether somebody can do the job.",
    ),
    "report.certainty.all_pairs": (
        "分不出高低的{count}对",
        "The {count:pair|pairs} that cannot be told apart",
    ),
    "report.certainty.first": ("得分较高", "Higher score"),
    "report.certainty.second": ("得分较低", "Lower score"),
    "report.certainty.difference": ("相差（分）", "Difference"),
    "report.certainty.interval": ("{level}区间", "{level} interval"),
    "report.certainty.between": ("{low}至{high}", "{low} to {high}"),
    "report.certainty.alt": (
        "{count}人各等级的可能性。{firm}",
        "How likely each grade is for {count:person|people}. {firm}",
    ),
    "chart.certainty.title": ("各等级的可能性", "How likely each grade is"),
    "chart.certainty.labels": ("姓名旁为评定的等级", "Beside each name: the grade given"),
}
