"""Words of the team's board: progress, ranks, and how each number is made."""

# ruff: noqa: E501 (wide characters count twice)

ENTRIES: dict[str, tuple[str, str]] = {
    "report.board.title": ("{team}看板", "{team}: board"),
    "report.board.question": (
        "给全体成员：团队和每个人离目标还有多远，核心指标排在第几，每个数字怎样算出。",
        "For everybody in the team: how far the team and each of its people are from target, where they rank on the core indicators, and how each number is made.",
    ),
    "board.covers": (
        "数据覆盖{first}至{last}；本团队{people}人。数据检查发现{found}类问题，逐条列在月度销售报告里。",
        "The data cover {first} to {last}; {people:person|people} of this team. Checks of the data found {found:kind|kinds} of problem, listed in the monthly report.",
    ),
    # Progress
    "board.progress.heading": ("目标进度", "Progress"),
    "board.progress.none": (
        "本团队在这一期间没有下达目标，因此没有进度可显示。",
        "The team has no targets in this period, so there is no progress to show.",
    ),
    "board.progress.ahead": (
        "截至{day}，{team}{kpi}{actual}，完成目标{target}的{attainment}；到这一天应完成{due}，超前{gap}。",
        "{kpi} of {team} by {day}: {actual}, {attainment} of the target of {target}; {due} was due by then, so the team is {gap} ahead.",
    ),
    "board.progress.behind": (
        "截至{day}，{team}{kpi}{actual}，完成目标{target}的{attainment}；到这一天应完成{due}，落后{gap}。",
        "{kpi} of {team} by {day}: {actual}, {attainment} of the target of {target}; {due} was due by then, so the team is {gap} behind.",
    ),
    "board.progress.even": (
        "截至{day}，{team}{kpi}{actual}，完成目标{target}的{attainment}；到这一天应完成{due}，正好达到。",
        "{kpi} of {team} by {day}: {actual}, {attainment} of the target of {target}; exactly the {due} that was due by then.",
    ),
    "board.progress.closed_ahead": (
        "{team}{kpi}{actual}，完成目标{target}的{attainment}，超过目标{gap}。",
        "{kpi} of {team}: {actual}, {attainment} of the target of {target}, {gap} above it.",
    ),
    "board.progress.closed_behind": (
        "{team}{kpi}{actual}，完成目标{target}的{attainment}，距目标还差{gap}。",
        "{kpi} of {team}: {actual}, {attainment} of the target of {target}, {gap} short of it.",
    ),
    "board.progress.closed_even": (
        "{team}{kpi}{actual}，完成目标{target}的{attainment}，正好达到目标。",
        "{kpi} of {team}: {actual}, {attainment} of the target of {target}, exactly on it.",
    ),
    "board.progress.people_closed": (
        "有个人目标的{count}人中，{ahead}达到或超过目标。",
        "Of the {count:person|people} with a target of their own, {ahead} reached it.",
    ),
    "board.progress.people": (
        "有个人目标的{count}人中，{ahead}达到或超过应完成的进度。",
        "Of the {count:person|people} with a target of their own, {ahead} reached what was due.",
    ),
    "board.so_many": ("{count}人", "{count}"),
    "board.nobody": ("没有人", "nobody"),
    "board.progress.caption": ("{kpi}：团队与个人", "{kpi}: the team and its people"),
    "board.head.name": ("姓名", "Name"),
    "board.head.who": ("姓名或代号", "Name or code"),
    "board.head.role": ("岗位", "Role"),
    "board.head.actual": ("实际", "Actual"),
    "board.head.target": ("目标", "Target"),
    "board.head.attainment": ("完成率", "Attainment"),
    "board.head.due": ("截至{day}应完成", "Due by {day}"),
    "board.head.lead": ("超前或落后", "Ahead or behind"),
    "board.head.lead_closed": ("比目标", "Against target"),
    "board.head.rank": ("名次", "Rank"),
    "board.head.value": ("数值", "Value"),
    "board.head.raw": ("原始数字", "Raw numbers"),
    "board.head.score": ("综合得分", "Composite score"),
    "board.head.remark": ("说明", "Remark"),
    # Ranks
    "board.codes": (
        "本团队成员写姓名，其他团队的人只写代号。同一期间内各团队页面上的代号相同，换一个期间就全部更换。",
        "The team's own people stand by name, people of other teams by a code. A code is the same on every team's page of the period, and another in the next period.",
    ),
    "board.core.heading": ("核心指标排名", "Ranks on core indicators"),
    "board.core.none": (
        "没有可以按岗位排名的核心指标。",
        "There are no core indicators of a role to rank on.",
    ),
    "board.core.intro": (
        "同一岗位的人在全公司范围内比较，每人只看自己的数字；点开可以看完整名单。",
        "People of one role are compared across the company, each by their own number; the full lists are folded below each table.",
    ),
    "board.core.open": (
        "期间尚未关账：只显示本团队成员目前的数值，关账后才排名次。",
        "The period is still open: the values of the team's own people are shown as they stand, ranks once it has closed.",
    ),
    "board.core.own": (
        "本团队{own}人，全公司同岗位{all}人",
        "{own} of this team, {all} in this role across the company",
    ),
    "board.core.list": ("{kpi}（{role}，{count}人参与排名）", "{kpi} ({role}, {count} ranked)"),
    "board.composite.heading": ("综合得分排名", "Ranks by composite score"),
    "board.composite.open": (
        "期间尚未关账，综合得分还会变动，关账后才排名次。",
        "The period is still open and composite scores will still move; they are ranked once it has closed.",
    ),
    "board.composite.none": (
        "本团队没有人参与综合得分排名。",
        "Nobody of this team is in the ranking by composite score.",
    ),
    "board.composite.intro": (
        "全公司{count}人参与排名，得分按四舍五入后的两位小数比较，得分相同则名次相同。",
        "{count:person|people} of the company are ranked by scores as they are read, with two decimals; equal scores share a rank.",
    ),
    "board.composite.own": ("本团队成员", "The team's people"),
    "board.composite.list": ("完整名单（{count}人）", "The full list ({count:person|people})"),
    "board.place": ("第{rank}名，共{count}人", "{rank} of {count}"),
    "board.place_tied": ("并列第{rank}名，共{count}人", "{rank} of {count}, shared"),
    "board.tied": ("并列", "shared rank"),
    "board.low_n": (
        "样本{n}，少于{least}，不排名",
        "sample of {n}, fewer than {least}: not ranked",
    ),
    "board.unranked": ("不参与排名", "not ranked"),
    "board.hidden": (
        "其他团队还有{count}人计入名次而不列出：不足{least}人时，代号藏不住是谁。",
        "{count:person|people} of other teams count in the ranks and are not listed: among fewer than {least} a code hides nobody.",
    ),
    # Definitions
    "board.terms.heading": ("每个数字怎样算出", "How each number is made"),
    "board.terms.words": ("看板上的说法是什么意思", "What the words of the board mean"),
    "board.terms.kpis": (
        "指标定义（{count}个）",
        "Definitions of the indicators ({count})",
    ),
    "board.terms.name": ("指标", "Indicator"),
    "board.terms.formula": ("公式", "Formula"),
    "board.terms.reading": ("现行口径", "Reading in force"),
    "board.terms.tables": ("数据来自", "Made from"),
    "board.terms.min_n": ("最小样本", "Smallest sample"),
    "board.terms.direction": ("方向", "Better"),
    "board.terms.curve": ("计分方式", "Scored by"),
    "board.terms.scored": ("{curve}：{how}", "{curve}: {how}"),
    "board.terms.least": ("{n}", "{n}"),
    "board.terms.any": ("不限", "none"),
    "board.term.attainment": ("完成率", "Attainment"),
    "board.meaning.attainment": (
        "实际 ÷ 整个期间的目标。",
        "Actual ÷ the target of the whole period.",
    ),
    "board.term.due": ("应完成", "Due"),
    "board.meaning.due_history": (
        "到{day}为止应当完成的目标：已结束的月份计全月目标；进行中的月份，净销售额、订单数和获客量按以往同类日子的销售比重累计，大促各阶段按同一阶段计，其余指标按已过天数。",
        "The part of the target due by {day}: the whole target of months that are over; in the running month net sales, orders and acquired customers by what such days sold before, each phase of a promotion by the same phase, and other volumes by the days gone.",
    ),
    "board.meaning.due_calendar": (
        "到{day}为止应当完成的目标：已结束的月份计全月目标，进行中的月份按已过天数。",
        "The part of the target due by {day}: the whole target of months that are over, and the running month's by the days gone.",
    ),
    "board.term.lead": ("超前或落后", "Ahead or behind"),
    "board.meaning.lead": ("实际 − 应完成；▼ 表示落后。", "Actual − due; ▼ marks who is behind."),
    "board.term.rank": ("名次", "Rank"),
    "board.meaning.rank": (
        "好于自己的人数 + 1；数值相同则名次相同，下一名顺延（1、2、2、4）。越低越好的指标由低到高排。本期考核不排名的人，在各项指标上也不计入名次。",
        "One more than the number of people who are better; equal values share a rank and the next moves on (1, 2, 2, 4). Indicators of which less is better are ranked from the lowest. Whom the appraisal of the period does not rank counts in none of the ranks.",
    ),
    "board.term.small": ("样本不足", "Sample too small"),
    "board.meaning.small": (
        "样本少于该指标的最小样本时，数值照常显示，但不排名，也不参与评分。",
        "With fewer observations than the indicator's smallest sample a value is shown, but neither ranked nor scored.",
    ),
    "board.term.composite": ("综合得分", "Composite score"),
    "board.meaning.composite": (
        "各项指标得分 × 权重之和；评分可能使用修正后的数值（小样本收缩、评分宽严校正），排名用的是上面的原始数值。每个人的逐行构成见考核报告。",
        "The sum of points × weight over the person's indicators. Scoring may use an adjusted value (small samples, lenient raters); the ranks above use the raw value. The appraisal report shows each person's lines.",
    ),
    "board.limit.ranks": (
        "名次只说明这一期间谁的数值更高，不说明差距有多大：相邻的名次可能只差一点，换一个期间就会变。",
        "A rank says who had the higher value in this period, not by how much: neighbours may be close, and another period may turn them round.",
    ),
    "board.limit.code": (
        "代号不等于匿名：熟悉同事数字的人仍可能猜出来。请只在公司内部使用本页。",
        "A code is no anonymity: whoever knows a colleague's numbers may still guess. Keep this page inside the company.",
    ),
    "board.term.code": ("代号", "Code"),
    "board.meaning.code": (
        "由密钥、期间和人员编号算出；没有密钥，既不能由编号算出代号，也不能由代号查出是谁。其他团队不足{least}人时不列出。",
        "Made from a secret key, the period and the person's id; without the key neither leads to the other. Fewer than {least} people of other teams are not listed.",
    ),
    # Figures
    "chart.bullets.title": ("{kpi}：完成目标的百分比", "{kpi}: per cent of target"),
    "chart.bullets.on_pace": ("达到应完成", "What was due or more"),
    "chart.bullets.behind": ("▼ 落后", "▼ Behind"),
    "chart.bullets.due": ("应完成", "Due"),
    "chart.bullets.target": ("目标", "Target"),
}
