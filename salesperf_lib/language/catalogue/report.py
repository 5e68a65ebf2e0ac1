"""Words of the reports: headings, tiles, tables and the sentences that read the numbers."""

# ruff: noqa: E501 (wide characters count twice)

ENTRIES: dict[str, tuple[str, str]] = {
    # Titles and the question each report answers
    "report.monthly.title": ("{team}销售报告", "{team}: sales report"),
    "report.monthly.question": (
        "给团队负责人：目标完成得怎样，有哪些变化，成员得分与排名如何，得分怎样算出，数据有哪些问题。",
        (
            "For the team's manager: where the team stands, what moved, who stands where, how each score is made, "
            "and what is wrong with the data."
        ),
    ),
    "report.appraisal.title": ("{team}团队考核", "{team}: team appraisal"),
    "report.appraisal.question": (
        "给人力分析师和团队负责人：每个人的得分和等级是什么，由哪些数字逐行得出。",
        (
            "For HR analysts and the team's manager: what each person's score and grade are, and which numbers "
            "they are made of, line by line."
        ),
    ),
    # What the report was asked for
    "report.parameter.team": ("团队", "Team"),
    "report.parameter.period": ("期间", "Period"),
    "report.parameter.scenario": ("情景", "Scenario"),
    "report.parameter.source": ("数据源", "Data source"),
    "report.parameter.today": ("截至", "As of"),
    "report.parameter.named": ("{name}（{id}）", "{name} ({id})"),
    "report.parameter.state": ("状态", "State"),
    "report.state.closed": ("已关账", "closed"),
    "report.state.open": ("未关账", "open"),
    "report.provisional.mark": ("暂定 · 期间未关账", "Provisional · period still open"),
    "report.provisional.banner": (
        "{period}将于{closes}关账。以下数字截至{today}，会继续变动；显示进度，不给出等级和排名。",
        (
            "{period} closes on {closes}. The figures below stand as of {today} and will still move: pace is shown, "
            "grades and ranks are not."
        ),
    ),
    "report.provenance": (
        "{period} · 情景 {scenario} · 规则 {policy} · 数据 {data}（导出于{recorded}，覆盖至{last}）· salesperf {version}",
        (
            "{period} · scenario {scenario} · rules {policy} · data {data} (drawn on {recorded}, covering up to {last}) "
            "· salesperf {version}"
        ),
    ),
    # Section headings
    "report.data.heading": ("数据", "Data"),
    "report.position.heading": ("目标完成情况", "Where the team stands"),
    "report.movement.heading": ("有哪些变化", "What moved"),
    "report.channels.heading": ("各渠道", "Channels"),
    "report.people.heading": ("成员得分与排名", "Who stands where"),
    "report.explanation.heading": ("得分怎样算出", "How each score is made"),
    "report.quality.heading": ("数据有哪些问题", "What is wrong with the data"),
    "report.definitions.heading": ("指标定义", "Definitions"),
    "report.limits.heading": ("局限", "Limits"),
    "report.reproduce.heading": ("如何重现", "How to reproduce"),
    "report.attainments.heading": ("各项目标完成率", "Attainment, indicator by indicator"),
    # Which targets hold
    "report.targets.version": ("目标版本 {version}。", "Targets: version {version}."),
    "report.targets.as_set": ("下达后没有调整。", "They stand as they were set."),
    "report.targets.moved": (
        "{kind} {id}：{title}。自{month}起生效，{day}记录。",
        "{kind} {id}: {title}. In force since {month}, recorded on {day}.",
    ),
    # Data
    "report.data.covers": (
        "数据来自{source}，覆盖{first}至{last}；本团队名册上有{people}人。",
        "The data come from {source} and cover {first} to {last}; {people:person|people} of this team on the roster.",
    ),
    "report.data.no_people": (
        "数据来自{source}，覆盖{first}至{last}；没有人员名册，因此没有个人得分。",
        "The data come from {source} and cover {first} to {last}; without a roster there are no personal scores.",
    ),
    "report.data.ends_early": (
        "注意：数据只到{last}，早于期间的最后一天{end}。",
        "Note: the data end on {last}, before the period's last day, {end}.",
    ),
    "report.data.clean": ("数据检查没有发现问题。", "The checks of the data showed no problem."),
    "report.data.found": (
        "数据检查发现{count}类问题，涉及{rows}行，见下文“{section}”。",
        "The checks of the data found {count:kind|kinds} of problem on {rows:row|rows}; see “{section}” below.",
    ),
    # Position: tiles
    "report.tile.net_sales": ("净销售额", "Net sales"),
    "report.tile.target": ("目标 {target}", "target {target}"),
    "report.tile.no_target": ("未设目标", "no target set"),
    "report.tile.attainment": ("目标完成率", "Attainment"),
    "report.tile.before": ("上一期间 {attainment}", "period before {attainment}"),
    "report.tile.pace": ("与应达进度之差", "Against pace due"),
    "report.tile.gap": ("与目标之差", "Against target"),
    "report.tile.closed_ahead": ("超出目标", "above target"),
    "report.tile.closed_behind": ("低于目标", "below target"),
    "report.tile.closed_on_pace": ("正好达到目标", "exactly on target"),
    "report.tile.ahead": ("▲ 超出 {gap}", "▲ {gap} ahead"),
    "report.tile.behind": ("▼ 落后 {gap}", "▼ {gap} behind"),
    "report.tile.on_pace": ("与进度持平", "on pace"),
    "report.tile.due_ahead": ("超出 · 应达 {due}", "ahead · due {due}"),
    "report.tile.due_behind": ("落后 · 应达 {due}", "behind · due {due}"),
    "report.tile.due_on_pace": ("持平 · 应达 {due}", "on pace · due {due}"),
    "report.tile.by": ("截至{day}", "by {day}"),
    "report.tile.phase": ("销售阶段", "Sales phase"),
    "report.tile.no_promotion": ("期间内没有促销", "no promotion in the period"),
    "report.tile.year": ("{year}累计", "{year} to date"),
    "report.tile.of_year": ("年度目标的{rate}", "{rate} of the year's target"),
    "report.tile.people": ("得分与等级", "Scores and grades"),
    "report.tile.mean": ("团队平均 {mean}", "team mean {mean}"),
    "report.tile.company_mean": ("全公司平均 {mean}", "company mean {mean}"),
    "report.tile.unscored": ("{count}人不可考核", "{count} not assessable"),
    "report.tile.grades_open": ("关账后给出等级", "grades follow once closed"),
    "report.tile.nobody": ("没有可评分的人员", "nobody to score"),
    "report.phase.reserve": ("流量储备期", "Traffic reserve"),
    "report.phase.sprint": ("冲刺期", "Sprint"),
    "report.phase.regular": ("常规期", "Regular"),
    # Position: sentences
    "report.position.attained": (
        "{period}净销售额{actual}，完成目标{target}的{attainment}。",
        "Net sales of {period} came to {actual}, {attainment} of the target of {target}.",
    ),
    "report.position.so_far": (
        "{period}净销售额截至{day}为{actual}，为全期目标{target}的{attainment}。",
        "Net sales of {period} stood at {actual} on {day}, {attainment} of the whole period's target of {target}.",
    ),
    "report.position.no_target": (
        "{period}净销售额{actual}；没有目标，因此没有完成率、进度和等级。",
        "Net sales of {period} came to {actual}; no target is set, so there is no attainment, pace or grade.",
    ),
    "report.position.no_sales": (
        "{period}没有净销售额数据。",
        "There are no net sales data for {period}.",
    ),
    "report.position.ahead": (
        "截至{day}应达{due}，实际超出{gap}。",
        "By {day}, {due} was due: the team is {gap} ahead.",
    ),
    "report.position.behind": (
        "截至{day}应达{due}，实际落后{gap}。",
        "By {day}, {due} was due: the team is {gap} behind.",
    ),
    "report.position.on_pace": (
        "截至{day}应达{due}，实际与进度持平。",
        "By {day}, {due} was due, and that is what was sold.",
    ),
    "report.position.over": ("比目标多{gap}。", "That is {gap} above it."),
    "report.position.short": ("比目标少{gap}。", "That is {gap} below it."),
    "report.position.met": ("正好达到目标。", "That is exactly the target."),
    "report.position.year": (
        "{year}累计{actual}，为年度目标{target}的{rate}。",
        "{year} to date: {actual}, {rate} of the year's target of {target}.",
    ),
    # Movement
    "report.trend.reached": (
        "最近{months}个有目标的期间中，{reached}个达到目标；最高是{best}的{best_amount}，最低是{worst}的{worst_amount}。",
        (
            "Of the last {months} periods with a target, {reached} reached it; the best was {best} with {best_amount}, "
            "the weakest {worst} with {worst_amount}."
        ),
    ),
    "report.trend.range": (
        "最近{months}个期间中，最高是{best}的{best_amount}，最低是{worst}的{worst_amount}。",
        "Of the last {months} periods, the best was {best} with {best_amount}, the weakest {worst} with {worst_amount}.",
    ),
    "report.trend.none": ("没有可显示的历史。", "There is no history to show."),
    "report.change.up": (
        "与{reference}相比，净销售额增加{amount}（{rate}）",
        "Against {reference}, net sales rose by {amount} ({rate})",
    ),
    "report.change.down": (
        "与{reference}相比，净销售额减少{amount}（{rate}）",
        "Against {reference}, net sales fell by {amount} ({rate})",
    ),
    "report.change.level": (
        "与{reference}相比，净销售额持平",
        "Against {reference}, net sales did not change",
    ),
    "report.change.parts": ("，其中{parts}。", ": {parts}."),
    "report.change.part": ("{driver}影响{amount}", "{driver} {amount}"),
    "report.change.briefly": (
        "，影响最大的是{driver}（{amount}）。",
        "; the largest single effect was {driver} ({amount}).",
    ),
    "report.change.end": ("。", "."),
    "report.change.mainly": ("影响最大的是{driver}。", "The largest single cause was {driver}."),
    "report.change.running": (
        "期间尚未结束，合计数不与完整的期间比较。",
        "The period is not over: its sums are not compared with whole periods.",
    ),
    "report.change.unavailable": (
        "没有上年同期的数据，无法比较。",
        "There are no data for the year before to compare with.",
    ),
    "report.chain.per_order": ("每单净销售额", "Net sales per order"),
    "report.chain.reference": (
        "▲▼ 为与{period}相比的变化。每单净销售额按全部订单计算；客单价不计已全额退款的订单。",
        (
            "▲▼ show the change against {period}. Net sales per order count every order; "
            "the average order value leaves out orders refunded in full."
        ),
    ),
    "report.gap.visits": ("访问数", "Visits"),
    "report.gap.visit_conversion_rate": ("转化率", "Conversion"),
    "report.gap.aov": ("每单净额", "Value per order"),
    "report.gap.rest": ("无访问记录的渠道", "Channels without visits"),
    "report.cause.visits": ("访问数", "visits"),
    "report.cause.visit_conversion_rate": ("转化率", "conversion"),
    "report.cause.aov": ("每单净额", "value per order"),
    "report.cause.rest": ("无访问记录的渠道", "channels without visits"),
    "report.funnel.caption": ("流量 → 转化 → 价值", "Traffic → conversion → value"),
    "report.funnel.stage": ("环节", "Stage"),
    "report.funnel.indicator": ("指标", "Indicator"),
    "report.funnel.value": ("本期", "This period"),
    "report.funnel.previous": ("较上一期间", "vs period before"),
    "report.funnel.year_before": ("较上年同期", "vs year before"),
    "report.funnel.company": ("全公司", "Company"),
    "report.stage.traffic": ("流量", "Traffic"),
    "report.stage.conversion": ("转化", "Conversion"),
    "report.stage.value": ("价值", "Value"),
    "report.channels.caption": ("本团队各渠道", "This team's channels"),
    "report.channels.channel": ("渠道", "Channel"),
    "report.channels.share": ("占比", "Share"),
    "report.channels.largest": (
        "{channel}最大，占净销售额的{share}。",
        "{channel} is the largest, with {share} of net sales.",
    ),
    "report.channels.rose": (
        "较上年同期增加最多的是{channel}（{amount}）",
        "The largest rise is {channel} ({amount})",
    ),
    "report.channels.fell": ("减少最多的是{channel}（{amount}）", "the largest fall is {channel} ({amount})"),
    "report.channels.and": ("，", "; "),
    "report.channels.none": (
        "数据没有按渠道的净销售额。",
        "The data hold no net sales by channel.",
    ),
    "report.channels.unassigned": ("未记录渠道", "No channel recorded"),
    # People
    "report.people.caption": ("本团队成员", "The team's people"),
    "report.people.name": ("姓名", "Name"),
    "report.people.role": ("岗位", "Role"),
    "report.people.score": ("得分", "Score"),
    "report.people.grade": ("等级", "Grade"),
    "report.people.certainty": ("等级把握", "Certainty"),
    "report.people.rank": ("公司排名", "Company rank"),
    "report.people.rank_of": ("{rank}/{count}", "{rank} of {count}"),
    "report.people.state": ("说明", "Remark"),
    "report.people.scored": (
        "{count}人已评分，平均{mean}分（全公司{all}人平均{company}分）。",
        "{count} people are scored, {mean} points on average; the company's mean is {company} ({all} scored).",
    ),
    "report.people.scored_one": (
        "1人已评分，得{mean}分（全公司{all}人平均{company}分）。",
        "One person is scored, with {mean} points; the company's mean is {company} ({all} scored).",
    ),
    "report.people.grades": ("等级：{grades}。", "Grades: {grades}."),
    "report.people.grade_count": ("{grade} {count}人", "{grade} {count}"),
    "report.people.running": (
        "期间尚未结束，得分按整期目标计算，还会上升。",
        "The period is not over: scores measure it against the whole period's targets and will rise.",
    ),
    "report.people.unscored": (
        "{count}人不可考核，原因见表。",
        "Not assessable: {count}, for the reason in the table.",
    ),
    "report.people.dimensions": (
        "与全公司平均相比：{parts}。",
        "Against the company's mean, in points: {parts}.",
    ),
    "report.people.dimension": ("{dimension}{difference}分", "{dimension} {difference}"),
    "report.people.none": ("没有人员得分可显示。", "There are no scores of people to show."),
    "report.people.anonymous": (
        "其他团队的人只以不带姓名的标记出现，排名不写出他人姓名。",
        "People of other teams appear as marks without names; ranks name nobody else.",
    ),
    # Attainments
    "report.attainments.caption": (
        "完成率 = 实际 ÷ 目标；越低越好的指标为 2 − 实际 ÷ 目标。▼ 表示低于目标。",
        "Attainment = actual ÷ target; 2 − actual ÷ target where lower is better. ▼ marks what is below target.",
    ),
    "report.attainments.lowest": (
        "最低的是{name}的{kpi}（{attainment}），最高的是{best_name}的{best_kpi}（{best_attainment}）。",
        "The lowest is {kpi} of {name} ({attainment}); the highest is {best_kpi} of {best_name} ({best_attainment}).",
    ),
    "report.attainments.none": ("没有目标，因此没有完成率。", "Without targets there is no attainment."),
    # Definitions
    "report.definitions.caption": (
        "本报告使用的指标（{count}个）",
        "Indicators used in this report ({count})",
    ),
    "report.definitions.name": ("指标", "Indicator"),
    "report.definitions.formula": ("公式", "Formula"),
    "report.definitions.reading": ("现行口径", "Reading in force"),
    "report.definitions.curve": ("计分方式", "Scored by"),
    "report.definitions.section": ("方法论", "Methodology"),
    "report.definitions.direction": ("方向", "Better"),
    "report.direction.higher": ("越高越好", "higher"),
    "report.direction.lower": ("越低越好", "lower"),
    "report.direction.none": ("–", "–"),
    "report.definitions.rules": (
        "净销售额按“{basis}”确认：当期订单额减去记入当期的退款。三个维度的权重：{weights}。等级：{grades}。",
        (
            "Net sales count orders when {basis}: amounts ordered in the period less refunds posted to it. "
            "Weights of the dimensions: {weights}. Grades: {grades}."
        ),
    ),
    "report.definitions.grade": ("{grade} {lowest}分起", "{grade} from {lowest}"),
    "report.basis.placed": ("下单", "placed"),
    "report.basis.paid": ("付款", "paid"),
    "report.basis.confirmed": ("确认收货", "confirmed"),
    "report.dimension.result": ("业绩", "Result"),
    "report.dimension.process": ("过程", "Process"),
    "report.dimension.potential": ("潜力", "Potential"),
    # Readings: which of rival definitions holds
    "reading.blended": ("全部渠道合计", "all channels"),
    "reading.paid": ("仅付费渠道", "paid channels only"),
    "reading.orders": ("按公司订单", "by the company's own orders"),
    "reading.platform": ("按平台回传", "as the platforms report"),
    "reading.attributed": ("按归因订单", "by attributed orders"),
    "reading.prior_customers": ("期前已购客户", "customers who had ordered before"),
    "reading.window": ("首单后1至N日内", "within days 1 to N of the first order"),
    # Limits and how to reproduce
    "report.limits.text": (
        (
            "等级的把握度只计比率、次数和金额的测量误差，按各自的样本量算；评分和没有样本量的指标不计误差，因此真实的不确定性更大。"
            "把握度说的是测量，不是人。分解说明净销售额由什么构成，不证明原因。“–”表示没有数据，不是零。显示的数字在最后一步四舍五入。"
        ),
        (
            "How certain a grade is counts the measurement noise of rates, counts and money, from their own numbers of "
            "observations; ratings, and indicators without such a number, are taken as they stand, so the true "
            "uncertainty is larger. It speaks of the measurement, not of the person. The split of a change says what "
            "net sales are made of, not what caused it. “–” means no data, never zero. Figures are rounded once, when "
            "they are shown."
        ),
    ),
    "report.limits.small": (
        "样本量低于最低要求的指标显示数值，但不参与评分。",
        "An indicator with fewer observations than its minimum is shown but not scored.",
    ),
    "report.reproduce.text": (
        "同一规则摘要和数据摘要下，下面的命令得到同样的数字：",
        "With the same digests of rules and data, this command gives the same numbers:",
    ),
}
