"""Words in the figures of the weight explorer (§4)."""

ENTRIES: dict[str, tuple[str, str]] = {
    # The map
    "chart.weights.result": ("业绩权重", "Weight of result"),
    "chart.weights.process": ("过程权重", "Weight of process"),
    "chart.weights.potential": ("潜力权重（斜线）", "Weight of potential (diagonals)"),
    "chart.weights.count": ("等级与现行方案不同的人数", "People whose grade differs from the one in force"),
    # Movements
    "chart.weights.moves.title": ("名次变化（{count}人）", "Change of ranks ({count:person|people})"),
    "chart.weights.moves.some": (
        "名次变化（{all}人中的{count}人：先列等级变化者，再列名次变化最大者）",
        "Change of ranks ({count} of {all:person|people}: grade changes first, then the largest moves)",
    ),
    "chart.weights.moves.before": ("变化前", "Before"),
    "chart.weights.up": ("变化后，等级上升", "After, better grade"),
    "chart.weights.down": ("变化后，等级下降", "After, lower grade"),
    "chart.weights.same": ("变化后，等级不变", "After, same grade"),
    "chart.weights.moves.rank": ("名次", "Rank"),
    "chart.weights.moves.grade": ("等级", "Grade"),
    "chart.weights.moves.score": ("得分", "Score"),
    # Grades before and after
    "chart.weights.grades.title": ("等级变化（人数）", "Grades before and after (people)"),
    "chart.weights.grades.before": ("变化前", "Before"),
    "chart.weights.grades.after": ("变化后", "After"),
    # Groups
    "chart.weights.groups.title": ("各组平均分的变化（分）", "Change of the mean score by group (points)"),
    "chart.weights.groups.relative": (
        "平均分相对全公司的变化（分）",
        "Mean score against the company's (points)",
    ),
    "chart.weights.groups.note": (
        "▲等级上升的人数  ▼等级下降的人数",
        "▲ people with a better grade  ▼ with a lower one",
    ),
    # What decides
    "chart.weights.sensitivity.title": ("什么决定谁得{grade}", "What decides who is graded {grade}"),
    "chart.weights.sensitivity.first": ("单独作用", "On its own"),
    "chart.weights.sensitivity.total": ("含与其他因素的共同作用", "Together with the others"),
    "chart.weights.sensitivity.axis": ("占方差的比例", "Share of the variance"),
    "chart.weights.flips.title": ("等级会改变的比例", "How often a grade would change"),
    # Stability
    "chart.weights.stability.title": (
        "各权重可变动的幅度（等级不变）",
        "How far each weight can move before a grade changes",
    ),
    "chart.weights.stability.admissible": ("允许的范围", "Admissible"),
    "chart.weights.stability.steady": ("等级不变的范围", "No grade changes"),
    "chart.weights.stability.now": ("目前的权重", "Weight now"),
    "chart.weights.stability.range": ("不变：{low}–{high}", "no change: {low}–{high}"),
    "chart.weights.stability.fixed": ("固定", "fixed"),
}
