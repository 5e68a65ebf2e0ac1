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
    # Data quality
    "report.quality.caption": ("数据检查的发现", "Findings of the data checks"),
    "report.quality.finding": ("发现", "Finding"),
    "report.quality.unit": ("范围", "Scope"),
    "report.quality.own": ("本团队", "this team"),
    "report.quality.file": ("文件", "File"),
    "report.quality.rows": ("行数", "Rows"),
    "report.quality.severity": ("程度", "Severity"),
    "report.quality.none": (
        "装载检查和跨系统核对都没有发现问题。",
        "Neither the load nor the comparison of the systems found anything.",
    ),
    "report.quality.summary": (
        "检查发现{counts}，共涉及{rows}行。除非表中另有说明，这些行仍按原样计入；列出是为了请人核查，不是结论。",
        (
            "The checks found {counts} on {rows:row|rows}. Those rows stay in the figures as they are, unless the "
            "table says otherwise; a finding asks for a look and judges nobody."
        ),
    ),
    "report.quality.errors": ("{count}项错误", "{count:error|errors}"),
    "report.quality.warnings": ("{count}项警告", "{count:warning|warnings}"),
    "report.quality.infos": ("{count}项提示", "{count:note|notes}"),
    "report.quality.missing": (
        "数据源没有提供以下指标所需的表或列，因此不显示（不是零）：{kpis}。",
        "The source lacks the tables or columns for these indicators, which are therefore absent, not zero: {kpis}.",
    ),
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
    # What the load found: one sentence per rule
    "finding.severity.error": ("错误", "error"),
    "finding.severity.warning": ("警告", "warning"),
    "finding.severity.info": ("提示", "note"),
    "finding.missing_value": ("{where}缺少必填值", "{where}: a required value is missing"),
    "finding.unparsable": (
        "{where}有无法读懂的内容，按缺失处理",
        "{where}: text that cannot be read, taken as absent",
    ),
    "finding.not_minor_units": ("{where}的金额不是最小货币单位", "{where}: amounts are not in minor units"),
    "finding.rounded": (
        "{where}有小于最小单位的小数，已四舍五入",
        "{where}: fractions below the smallest unit were rounded",
    ),
    "finding.duplicate_key": ("{where}有重复的主键", "{where}: the same key occurs more than once"),
    "finding.unknown_code": ("{where}有不认识的代码", "{where}: a code that is not known"),
    "finding.unknown_period": ("{where}有无法识别的期间", "{where}: a period that cannot be read"),
    "finding.unsafe_id": ("{where}的编号不能作文件夹名", "{where}: an id that could not name a folder"),
    "finding.overlapping_rows": ("{where}的有效期重叠", "{where}: validity rows overlap"),
    "finding.reversed_span": ("{where}的结束早于开始", "{where}: a span ends before it begins"),
    "finding.loop": ("{where}的上下级成环", "{where}: the hierarchy runs in a circle"),
    "finding.credit_over_one": ("{where}的分摊之和大于1", "{where}: shares sum to more than 1"),
    "finding.orphan": ("{where}引用了主表中没有的编号", "{where}: an id that its own table does not know"),
    "finding.lost_leading_zeros": ("{where}的编号丢失了前导零", "{where}: ids lost their leading zeros"),
    "finding.lost_digits": ("{where}的长数字被截断", "{where}: long numbers lost their last digits"),
    "finding.off_roster": ("{where}在不在岗的日期有记录", "{where}: records on days outside the roster"),
    "finding.after_last_day": (
        "{where}有晚于数据截止日的行",
        "{where}: rows dated after the last day covered",
    ),
    "finding.negative": ("{where}有负数金额", "{where}: negative amounts"),
    "finding.absurd": ("{where}有超过中位数1000倍的数值", "{where}: amounts above 1000 times the median"),
    "finding.ragged_row": (
        "{where}有列数不符的行，未读入",
        "{where}: lines with too many or too few fields, left out",
    ),
    "finding.unknown_column": (
        "{where}是映射中没有的列",
        "{where}: a column that the mapping did not expect",
    ),
    "finding.examples": ("（如{examples}）", " (such as {examples})"),
    "finding.other": ("{where}：{rule}", "{where}: {rule}"),
}
