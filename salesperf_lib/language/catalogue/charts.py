"""Words in figures."""

ENTRIES: dict[str, tuple[str, str]] = {
    "chart.actual": ("实际", "Actual"),
    "chart.target": ("目标", "Target"),
    "chart.year_before": ("上年同期", "Year before"),
    "chart.below_target": ("低于目标", "Below target"),
    "chart.own_team": ("本团队", "This team"),
    "chart.other_teams": ("其他团队（匿名）", "Other teams (no names)"),
    "chart.trend.title": ("各期净销售额（{unit}）", "Net sales by period ({unit})"),
    "chart.gap.title": ("净销售额变动分解（{unit}）", "What changed net sales ({unit})"),
    "chart.channels.title": ("各渠道净销售额（{unit}）", "Net sales by channel ({unit})"),
    "chart.standing.title": ("综合得分", "Composite score"),
    "chart.contributions.title": ("得分构成", "What the score is made of"),
    "chart.distribution.title": ("全公司得分分布（按岗位）", "Scores across the company, by role"),
}
