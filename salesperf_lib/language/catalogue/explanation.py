"""Words of the explanation of scores: curves, lines, remarks."""

# ruff: noqa: E501 (wide characters count twice)

ENTRIES: dict[str, tuple[str, str]] = {
    # Explanation
    "report.explanation.intro": (
        "点开姓名看明细。每行：原始数字得出值；值 ÷ 目标 = 完成率（越低越好的指标为 2 − 值 ÷ 目标）；完成率按计分方式换成得分；得分 × 权重 = 贡献；贡献之和即综合得分。",
        (
            "Open a name to see its lines: the raw numbers give the value; value ÷ target is attainment (2 − value ÷ target "
            "where lower is better); a curve turns attainment into points; points × weight = contribution; "
            "the contributions add up to the composite."
        ),
    ),
    "report.explanation.curves": ("计分方式", "How attainment becomes points"),
    "report.explanation.used_by": ("{curve}（{kpis}）", "{curve} ({kpis})"),
    "report.curve.ratio": (
        "完成率每1%得1分；低于{floor}得0分，最高{cap}分。",
        "One point per percent of the target; none below {floor}, at most {cap}.",
    ),
    "report.curve.lower": (
        "完成率每1%得1分；最低{floor}分，最高{cap}分。",
        "One point per percent of attainment; at least {floor}, at most {cap}.",
    ),
    "report.curve.piecewise": (
        "完成率{knots}；两点之间按直线，低于{first}得0分，高于{last}不再增加。",
        "Attainment of {knots}; straight lines between, none below {first}, no more above {last}.",
    ),
    "report.curve.knot": ("{rate}得{points}分", "{rate} gives {points}"),
    "report.curve.deduction": (
        "从{start}分起，每次扣{per_unit}分，最低{floor}分；不需要目标。",
        "From {start} points down by {per_unit} each time, at least {floor}; needs no target.",
    ),
    "report.curve.asymmetric": (
        "达到目标得100分；每高1%加{gain}分，每低1%减{loss}分，最低{floor}分，最高{cap}分。",
        "100 points at the target; {gain} more per percent above, {loss} fewer per percent below, from {floor} to {cap}.",
    ),
    "report.curve.quotient": (
        "得分 = 100 × 目标 ÷ 实际；最低{floor}分，最高{cap}分。",
        "100 × target ÷ actual; at least {floor} points, at most {cap}.",
    ),
    "report.curve.cost_budget": (
        "按预算得100分；每超{step}扣{over}分，超过{limit}得0分；每省{step}加{under}分，最高{cap}分。",
        "100 points at the budget; {over} fewer per {step} over, none beyond {limit} over; {under} more per {step} under, at most {cap}.",
    ),
    "report.curve.steps": (
        "基本分{base}分；每满{step}加减1分，最多加{up}分、减{down}分；再按基本分折算为100分。",
        "A base of {base}; one step up or down for each full {step}, at most {up} up and {down} down; scaled so that the base is 100.",
    ),
    "report.curve.ambition": (
        "低{short}以内最多加{steps}分",
        "up to {short} short, {steps} steps up at most",
    ),
    "report.curve.ambitions": (
        "目标低于历史基准（上年与三年平均中较低者）的：{rows}。",
        " For a target below the baseline (the lower of last year and the mean of three years): {rows}.",
    ),
    "report.curve.levels": (
        "按完成率分档：{knots}；低于第一档得0分。",
        "By attainment: {knots}; none below the first.",
    ),
    "report.curve.levels_of_value": (
        "按数值分档：{knots}；低于第一档得0分。",
        "By value: {knots}; none below the first.",
    ),
    "report.curve.missing.redistribute": (
        "没有数据时，权重转给同一维度的其他指标。",
        " Without data its weight goes to the rest of its dimension.",
    ),
    "report.curve.missing.not_assessable": (
        "没有数据时，不可考核。",
        " Without data the person is not assessed.",
    ),
    "report.curve.missing.carry": (
        "没有数据时，沿用最近一个已考核的季度。",
        " Without data the last assessed quarter is carried over.",
    ),
    "report.curve.axis.attainment": ("完成率", "Attainment"),
    "report.curve.axis.value": ("数值", "Value"),
    "report.curve.drawn": (
        "每条线是一种计分方式，点是本团队成员；100%、100分处为目标。",
        "Each line is a way of scoring, each dot one of the team's people; the target is at 100 % and 100 points.",
    ),
    "report.adjustment.shrunk": (
        "样本少，已向同岗位上期水平收缩",
        "few observations: drawn towards last period's peers",
    ),
    "report.adjustment.corrected": ("已修正评分人宽严", "corrected for the raters' leniency"),
    "report.adjustment.uncalibrated": (
        "未校准：评分数不足，未修正宽严",
        "uncalibrated: too few ratings to correct for leniency",
    ),
    "report.explanation.measured": ("原值{value}", "measured {value}"),
    "report.explanation.gated": (
        "门槛指标未过，按100分计",
        "held at 100 points: the gate indicator is under its mark",
    ),
    "report.explanation.duty": ("目标按在岗{share}折算", "target for {share} of the days, those on duty"),
    "report.explanation.baseline": ("历史基准{value}", "baseline {value}"),
    "report.explanation.part": ("{team} · {role}，占{share}", "{team} · {role}, {share} of the time"),
    "report.explanation.of_part": ("{dimension}（{part}）", "{dimension} ({part})"),
    "report.explanation.layer.month": (
        "各月得分（{count}个月平均）",
        "Scores of the months (mean of {count})",
    ),
    "report.explanation.layer.quarter": (
        "各季得分（{count}个季度平均）",
        "Scores of the quarters (mean of {count})",
    ),
    "report.explanation.layer.year": ("年度专属指标", "The year's own indicators"),
    "report.remarks.join": ("；", "; "),
    "report.explanation.kpi": ("指标", "Indicator"),
    "report.explanation.raw": ("原始数字", "Raw numbers"),
    "report.explanation.value": ("值", "Value"),
    "report.explanation.target": ("目标", "Target"),
    "report.explanation.attainment": ("完成率", "Attainment"),
    "report.explanation.points": ("得分", "Points"),
    "report.explanation.weight": ("权重", "Weight"),
    "report.explanation.contribution": ("贡献", "Contribution"),
    "report.explanation.total": ("合计 = 综合得分", "Sum = composite score"),
    "report.explanation.caption": ("{name}（{role}）", "{name} ({role})"),
    "report.explanation.scored_at": ("{kpi}（{level}）", "{kpi} ({level})"),
    "report.explanation.sum": ("{parts} = {score}", "{parts} = {score}"),
    "report.level.company": ("全公司", "company"),
    "report.level.group": ("事业部", "group"),
    "report.level.team": ("团队", "team"),
    "report.level.channel": ("渠道", "channel"),
    "report.level.person": ("个人", "person"),
}
