"""Words of the calibration meeting."""

ENTRIES: dict[str, tuple[str, str]] = {
    "calibration.alternative.keep": ("维持原目标", "Keep the targets"),
    "calibration.alternative.rule": ("按校准规则", "By the rule"),
    "calibration.alternative.full": ("转化率承担全部", "Conversion takes all"),
    "calibration.alternative.none": ("转化率不提高", "Conversion takes none"),
    "calibration.alternative.order_value": ("其余由客单价承担", "Order value takes the rest"),
    "calibration.alternative.decided": ("会议另行决定", "Decided otherwise"),
    "calibration.kind.calibration": ("目标校准会", "Calibration meeting"),
    "calibration.kind.edit": ("目标表修改", "Edited target book"),
    "calibration.kind.withdrawal": ("撤回", "Withdrawal"),
    "calibration.role.sales_director": ("销售总监", "sales director"),
    "calibration.role.data_analyst": ("数据分析师", "data analyst"),
    "calibration.role.senior_member": ("资深成员", "senior member"),
    "calibration.origin.typed": ("人工录入", "typed in"),
    "calibration.origin.detected": ("由数据检出", "detected in the data"),
    "calibration.shift.shift": (
        "{kpi}自{month}起变动{size}（{confidence}区间{low}至{high}）。",
        "{kpi}: {size} since {month} ({confidence} interval {low} to {high}).",
    ),
    "calibration.shift.small": (
        "{kpi}自{month}起变动{size}（{confidence}区间{low}至{high}），低于召开校准会的幅度。",
        "{kpi}: {size} since {month} ({confidence} interval {low} to {high}), too little for a meeting.",
    ),
    "calibration.shift.unconfirmed": (
        "{kpi}在{month}变动{size}（{confidence}区间{low}至{high}），月份太少，尚不能判断水平是否已变。",
        "{kpi}: {size} in {month} ({confidence} interval {low} to {high}), too early to call it lasting.",
    ),
    "calibration.shift.drift": (
        "{kpi}在逐月变化，用一条趋势线即可解释，不是某个月的突变。",
        "{kpi} changes month by month: a trend explains it as well as a shift in one month.",
    ),
    "calibration.shift.none": (
        "{kpi}的变动没有超出偶然波动。",
        "{kpi} has not moved beyond chance.",
    ),
    "calibration.shift.too_short": (
        "{kpi}的月份太少，无法判断。",
        "{kpi} has too few months to judge by.",
    ),
    "chart.shock.title": ("{kpi}（{unit}）", "{kpi} ({unit})"),
    "chart.shock.value": ("实际", "Actual"),
    "chart.shock.adjusted": ("剔除季节", "Season taken out"),
    "chart.shock.level": ("平均水平", "Level"),
    "chart.shock.size": ("自{month}起{size}", "{size} since {month}"),
    "chart.alternatives.leads": ("获客目标", "Acquisition"),
    "chart.alternatives.conversion": ("转化率目标", "Conversion"),
    "chart.alternatives.order_value": ("客单价目标", "Order value"),
    "chart.alternatives.gap": ("资金缺口", "Unfunded gap"),
    "chart.alternatives.capped": ("受历史分位限制", "held by its cap"),
    "chart.alternatives.gap_said": ("{amount}（{share}）", "{amount} ({share})"),
    "chart.alternatives.gap_unsaid": ("{amount}（{share}，未明示）", "{amount} ({share}, not said)"),
}
