"""Words of the target book: the number, its parts, its calendar, its reasons."""

# ruff: noqa: E501 (wide characters count twice)

ENTRIES: dict[str, tuple[str, str]] = {
    "report.targets.title": ("{team}目标手册", "{team}: target book"),
    "report.targets.question": (
        "给负责人：我的目标是多少，为什么是这个数，有多难，获客变贵会怎样。",
        "For the manager: what is my number, why, how hard is it, and what if acquisition gets dearer?",
    ),
    # Figures
    "chart.target_months.title": ("各月目标（{unit}）", "Target of every month ({unit})"),
    "chart.target_steps.title": (
        "目标的由来：{target}（{unit}）",
        "How the target was made: {target} ({unit})",
    ),
    # General
    "target_book.none": (
        "{year}没有下达总量目标，因此没有目标手册可看。",
        "No volume has a goal in {year}, so there is no target to show.",
    ),
    "target_book.kpi": ("指标", "Indicator"),
    "target_book.unit": ("单位", "Unit"),
    "target_book.period": ("期间", "Period"),
    "target_book.phase": ("阶段", "Phase"),
    "target_book.share": ("占{period}比重", "Share of {period}"),
    "target_book.chance": ("{period}达成概率", "Chance, {period}"),
    "target_book.basis": ("依据", "Basis"),
    "target_book.unassigned": ("未分到个人", "no person's own"),
    "target_book.basis.season": ("按自身的按日季节模型", "by its own season, modelled by day"),
    "target_book.basis.part_season": (
        "季节部分来自自身，部分借自上级",
        "season partly its own, partly borrowed from above",
    ),
    "target_book.basis.capacity": ("按产能拆分", "split by capacity"),
    "target_book.basis.explicit": ("按指定份额", "by decided shares"),
    "target_book.basis.equal_difficulty": ("按同等难度", "by equal difficulty"),
    "target_book.basis.blend": ("多种依据混合", "a blend of bases"),
    # Data
    "target_book.data.covers": (
        "数据来自{source}，覆盖{first}至{last}。",
        "The data come from {source} and cover {first} to {last}.",
    ),
    "target_book.data.window": (
        "目标按{since}至{until}的历史拆分。",
        "Targets are split by the history from {since} to {until}.",
    ),
    "target_book.data.version": (
        "下达目标{goals}项；目标版本{version}，数据导出于{day}。",
        "{goals:goal|goals} given; version {version} of the targets, data drawn on {day}.",
    ),
    # The number
    "target_book.number.heading": ("我的目标是多少", "What is my number"),
    "target_book.number.said": (
        "{period}的{kpi}目标是{target}（{phase}），占全年目标{year}的{share}。",
        "{kpi} target of {period}: {target} ({phase}), {share} of the year's {year}.",
    ),
    "target_book.number.chance": (
        "按自身历史推算，达成概率约{p}。",
        "Judged by its own history, the chance of reaching it is about {p}.",
    ),
    "target_book.number.caption": ("各总量指标的目标", "Targets of all volumes"),
    "target_book.tile.chance": ("达成概率 {p}", "chance {p}"),
    "target_book.tile.milestone": ("{quarter}里程碑（累计）", "Milestone {quarter} (cumulative)"),
    "target_book.tile.gate": ("过关线 {gate}", "gate {gate}"),
    "target_book.tile.people": ("{period}预计达标的人", "People at target, {period}"),
    "target_book.tile.expected": ("按各人历史推算", "expected, by their history"),
    "target_book.milestone.caption": (
        "季度里程碑：年初至季末的累计目标，完成{gate}即过关",
        "Quarterly milestones: cumulative from the year's start; {gate} of it passes the gate",
    ),
    "target_book.milestone.quarter": ("季度", "Quarter"),
    "target_book.milestone.target": ("当季目标", "Target"),
    "target_book.milestone.cumulative": ("累计目标", "Cumulative"),
    "target_book.milestone.gate": ("过关线", "Gate"),
    "target_book.milestone.actual": ("累计实际", "Sold so far"),
    "target_book.milestone.state": ("状态", "State"),
    "target_book.milestone.open": ("尚未结束", "not over"),
    "target_book.milestone.passed": ("已过关（{rate}）", "passed ({rate})"),
    "target_book.milestone.missed": ("未过关（{rate}）", "missed ({rate})"),
    # Parts
    "target_book.tree.company": ("目标由哪些团队承担", "Which teams carry it"),
    "target_book.tree.team": ("目标由哪些成员承担", "Who carries it"),
    "target_book.tree.caption": ("{kpi}目标", "{kpi}: targets"),
    "target_book.tree.said": (
        "各部分相加，恰好等于上面的目标，分毫不差。",
        "The parts add up to the target above them exactly, to the last unit.",
    ),
    "target_book.tree.none": ("这个期间没有目标。", "There is no target in this period."),
    # Calendar
    "target_book.calendar.heading": ("全年日历", "The calendar of the year"),
    "target_book.calendar.caption": ("{kpi}目标（{unit}）", "{kpi}: targets ({unit})"),
    "target_book.calendar.said": (
        "流量储备期在大促前两个月，冲刺期是大促当期；月份相加等于季度，季度相加等于全年。",
        "Traffic reserve is the two months before a major promotion, sprint the promotion itself. Months add up to quarters, quarters to the year.",
    ),
    "target_book.months.said": (
        "{most}月目标最高，为{high}；{least}月最低，为{low}。",
        "Month {most} asks for most, {high}; month {least} for least, {low}.",
    ),
    # Season
    "target_book.season.none": (
        "历史不足一年，没有按日季节模型；月份按上级或平均分布。",
        "Less than a year of history: no daily season; months follow the unit above, or are equal.",
    ),
    "target_book.season.said": (
        "按日季节模型中，促销增量约占全年的{share}。",
        "In the daily season, promotions add about {share} of the year.",
    ),
    "target_book.season.borrowed": (
        "其中{share}的季节借自上级单位。",
        "{share} of the season is borrowed from the unit above.",
    ),
    # Difficulty
    "target_book.difficulty.heading": ("有多难", "How hard is it"),
    "target_book.difficulty.of": ("{period}：", "{period}: "),
    "target_book.difficulty.none": (
        "历史不足，无法估计达成概率。",
        "Too little history to estimate the chance of reaching it.",
    ),
    "target_book.difficulty.no_padding": (
        "制度规定各层级不加码，下达多少就是多少。",
        "By the rules no level adds anything on top of what is handed down.",
    ),
    "target_book.level.caption": (
        "{kpi}：保底、目标、挑战及各自的达成概率",
        "{kpi}: base, target and stretch, each with its chance",
    ),
    "target_book.level.period": ("期间", "Period"),
    "target_book.level.base": ("保底", "Base"),
    "target_book.level.target": ("目标", "Target"),
    "target_book.level.stretch": ("挑战", "Stretch"),
    "target_book.level.flag": ("难度", "Difficulty"),
    "target_book.level.fair": ("在界限内", "within bounds"),
    "target_book.level.p": ("达成概率", "Chance"),
    "target_book.level.cell": ("{amount} · {p}", "{amount} · {p}"),
    # Why
    "target_book.why.heading": ("为什么是这个数", "Why this number"),
    "target_book.why.said": (
        "{period}的目标从“{first}”{start}出发，{steps}，得到{target}。",
        "{period} starts from {start} ({first}); then {steps}: {target} in all.",
    ),
    "target_book.why.plain": (
        "{period}的目标{target}就是“{first}”，没有别的调整。",
        "{period}: {target} is the {first} alone; nothing else moved it.",
    ),
    "target_book.why.step": ("{step}{amount}", "{step} {amount}"),
    "target_book.why.basis": ("这个目标的依据：{basis}。", "Basis of this target: {basis}."),
    "target_book.why.months": (
        "每个目标的由来，各步相加等于目标",
        "How every target was made; the steps add up to it",
    ),
    "target_book.why.parts": ("{period}各部分目标的由来", "How the parts' targets of {period} were made"),
    "target_book.why.unit": ("{caption}（{unit}）", "{caption} ({unit})"),
    "target_book.step.below": ("下级目标之和", "sum of goals below"),
    "target_book.step.equal": ("上级当月平均分", "equal part"),
    "target_book.step.equal.company": ("全年十二等分", "a twelfth"),
    "target_book.step.size": ("规模", "size"),
    "target_book.step.season": ("季节", "season"),
    "target_book.step.promotion": ("促销", "promotions"),
    "target_book.step.phase": ("阶段侧重", "phase"),
    "target_book.step.pins": ("下达与上下限", "decided goals"),
    "target_book.step.rounding": ("取整", "rounding"),
    "target_book.step.amendment": ("{period}起的调整", "changed from {period}"),
    "target_book.step.target": ("目标", "Target"),
    "target_book.meaning.below.company": (
        "下级目标之和：上面没有下达目标。",
        "Sum of goals below: none was given above.",
    ),
    "target_book.meaning.below.part": (
        "下级目标之和：上面没有下达目标。",
        "Sum of goals below: none was given above.",
    ),
    "target_book.meaning.equal.company": (
        "全年十二等分：假如各月相同。",
        "A twelfth: as if all months were alike.",
    ),
    "target_book.meaning.equal.part": (
        "上级当月平均分：假如同级各单位相同。",
        "Equal part: as if all units beside it were alike, in the month of the unit above.",
    ),
    "target_book.meaning.size.company": ("规模：自身所占份额。", "Size: its own share."),
    "target_book.meaning.size.part": (
        "规模：按历史（或制度规定的依据）在上级中所占的份额。",
        "Size: its share of the unit above, by history or the basis that the rules name.",
    ),
    "target_book.meaning.season.company": (
        "季节：不含促销的日常淡旺季。",
        "Season: ordinary months, without promotions.",
    ),
    "target_book.meaning.season.part": (
        "季节：自身月份与上级不同之处。",
        "Season: where its own months differ from those of the unit above.",
    ),
    "target_book.meaning.promotion.company": (
        "促销：有日期的大促带来的增减。",
        "Promotions: what dated promotions add or take.",
    ),
    "target_book.meaning.promotion.part": (
        "促销：有日期的大促带来的增减。",
        "Promotions: what dated promotions add or take.",
    ),
    "target_book.meaning.phase.company": (
        "阶段侧重：向流量储备期倾斜。",
        "Phase: the lean to traffic reserve.",
    ),
    "target_book.meaning.phase.part": ("阶段侧重：向流量储备期倾斜。", "Phase: the lean to traffic reserve."),
    "target_book.meaning.pins.company": (
        "下达与上下限：已经决定的目标及其影响。",
        "Decided goals: goals, floors and caps, and what they push aside.",
    ),
    "target_book.meaning.pins.part": (
        "下达与上下限：自身或同级已经决定的目标及其影响。",
        "Decided goals: goals, floors and caps of this unit or those beside it, and what they push aside.",
    ),
    "target_book.meaning.rounding.company": (
        "取整：凑成整数，合计不变。",
        "Rounding: whole units; the sums stay.",
    ),
    "target_book.meaning.rounding.part": (
        "取整：凑成整数，合计不变。",
        "Rounding: whole units; the sums stay.",
    ),
    # Rates
    "target_book.rates.heading": ("比率类目标", "Rates"),
    "target_book.rates.none": ("没有比率类目标。", "No rate has a target."),
    "target_book.rates.said": (
        "比率从各单位自身的基线同等提升，加权平均恰好等于上级的目标。",
        "Rates stretch every unit equally from its own baseline; their weighted mean is the target above exactly.",
    ),
    "target_book.rates.caption": ("{period}的{count}项比率目标", "Targets of {count:rate|rates} in {period}"),
    # What if
    "target_book.what_if.heading": ("如果获客成本上升{shock}", "What if acquisition gets {shock} dearer"),
    "target_book.what_if.none": (
        "缺少获客、客单价或销售额目标，无法推算。",
        "This cannot be worked out: a target of acquisition, order value or sales is absent.",
    ),
    "target_book.what_if.said": (
        "如果获客成本上升{shock}而预算不变，{period}的获客目标由{before}降为{leads}。按校准规则，转化率应提高{asked}，实际能要求{conversion}；仍有{gap}（{share}）没有着落，全靠客单价补上须提高{value}。",
        "If a new customer costs {shock} more and the budget stays, acquisition in {period} falls from {before} to {leads}. The rule asks for {asked} more conversion, of which {conversion} can be asked; {gap} ({share}) is then still unfunded, and covering it takes {value} more order value.",
    ),
    "target_book.what_if.capped_said": (
        "{rates}的目标已在自身历史高位或更高，不再加码。",
        "Already at the high end of their own history, and asked for no more: {rates}.",
    ),
    "target_book.what_if.held": ("{count}项转化率", "{count:rate|rates}"),
    "target_book.what_if.cell": ("{value}（{change}）", "{value} ({change})"),
    "target_book.what_if.caption": (
        "{period}：获客成本上升{shock}时的几种选择",
        "{period}: what could be done if acquisition costs {shock} more",
    ),
    "target_book.what_if.alternative": ("选择", "Choice"),
    "target_book.what_if.leads": ("获客", "Acquisition"),
    "target_book.what_if.conversion": ("每获客订单数", "Orders per acquired customer"),
    "target_book.what_if.order_value": ("客单价", "Order value"),
    "target_book.what_if.sales": ("净销售额目标", "Sales target"),
    "target_book.what_if.gap": ("资金缺口", "Unfunded"),
    "target_book.what_if.capped": ("受历史高位限制", "Held by its cap"),
    "target_book.what_if.note": (
        "这只是试算，不改变任何目标；要改，请开目标校准会。转化率最多要求到自身历史的高位。",
        "This is a trial and changes no target; that takes a calibration meeting. Rates are asked for no more than the high end of their own history.",
    ),
    # History
    "target_book.history.heading": ("目标版本与校准记录", "Version and calibration history"),
    "target_book.history.version": (
        "目标版本{version}，规则{rules}。",
        "Version {version} of the targets, rules {rules}.",
    ),
    "target_book.history.none": (
        "下达以来没有校准或修改。",
        "Nothing was calibrated or edited since the targets were set.",
    ),
    "target_book.history.caption": (
        "下达以来的校准与修改",
        "Calibrations and edits since the targets were set",
    ),
    "target_book.history.id": ("编号", "Number"),
    "target_book.history.day": ("记录日期", "Recorded on"),
    "target_book.history.kind": ("类型", "Kind"),
    "target_book.history.title": ("事由", "Title"),
    "target_book.history.from": ("生效月份", "Valid from"),
    "target_book.history.kpis": ("涉及指标", "Indicators"),
    "target_book.history.moved": (
        "这些记录使本单位的{kpi}目标在{period}变动{in_month}，在{year}变动{in_year}。",
        "They moved this unit's {kpi} by {in_month} in {period}, and by {in_year} in {year}.",
    ),
    "target_book.history.unmoved": (
        "这些记录没有改变本单位的{kpi}目标。",
        "None of them moved this unit's {kpi}.",
    ),
    # Limits
    "target_book.limits.chances": (
        "达成概率由历史推算，假定今后与过去相似；大促改期、产品换代都会使它失准。50%–70% 只是经验之谈。",
        "Chances are judged from history and assume a future like the past; a moved promotion or a new product makes them wrong. 50–70% is a norm, no fact.",
    ),
    "target_book.limits.steps": (
        "各步的大小与次序有关：先平均，再规模，后季节。它说明数字怎样算出，不说明因果。",
        "The size of a step depends on their order: equal parts, then size, then season. They show how the number was worked out, not what causes sales.",
    ),
    "target_book.limits.what_if": (
        "“–”表示没有数据，不是零。显示的数字在最后一步四舍五入，实际目标精确到最小单位。",
        "“–” is no data, not zero. Figures are rounded when they are shown; the targets themselves are exact to the last unit.",
    ),
    "target_book.drivers.heading": ("各岗位各管哪一环", "Who owns which factor"),
    "target_book.drivers.none": (
        "没有上年同期的访问、订单或销售额，无法拆成驱动因素。",
        "Without visits, orders and sales of the year before, sales cannot be taken apart into factors.",
    ),
    "target_book.drivers.caption": (
        "{period}：销售额＝访问数×转化率×客单价；如果访问数少{share}，其余须达到多少",
        "{period}: sales = visits × conversion × order value; with {share} fewer visits, what the others must reach",
    ),
    "target_book.drivers.factor": ("因素", "Factor"),
    "target_book.drivers.owner": ("负责岗位", "Owned by"),
    "target_book.drivers.baseline": ("上年同期", "Year before"),
    "target_book.drivers.target": ("目标", "Target"),
    "target_book.drivers.required": ("须达到", "Must reach"),
    "target_book.drivers.change": ("变动", "Change"),
    "target_book.drivers.translation": (
        "战略变成行动：私域复购占比再提高{more}，每人每月要做多少次深度触达",
        "From strategy to behaviour: the private domain's share of sales up {more}, in deep touches a month",
    ),
    "target_book.drivers.refused": (
        "不能换算成触达次数：",
        "This cannot be translated into touches:",
    ),
}
