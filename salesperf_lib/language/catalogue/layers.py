"""Words of the layers of a year, and of what people grew by in it."""

# ruff: noqa: E501 (wide characters count twice)

ENTRIES: dict[str, tuple[str, str]] = {
    # The period's own set
    "report.own_set.heading": ("本期考核看什么", "What this period is scored on"),
    "report.own_set.quarter": (
        "月度看过程和短期结果；季度看结果，以及策略是否有效。",
        "A month looks at process and short-term results; a quarter at results, and at whether the strategy worked.",
    ),
    "report.own_set.year": (
        "月度看过程，季度看策略效果；年度看长期价值，以及对团队的贡献。",
        "A month looks at process, a quarter at the effect of strategy; a year at lasting value and what people gave the team.",
    ),
    "report.own_set.role": ("{role}：{parts}。", "{role}: {parts}."),
    "report.own_set.join": ("；", "; "),
    "report.own_set.comes": ("新增{kpis}", "adds {kpis}"),
    "report.own_set.goes": ("不再计入{kpis}", "leaves out {kpis}"),
    "report.own_set.more": ("加重{kpis}", "gives more weight to {kpis}"),
    "report.own_set.same": (
        "{roles}没有另设指标，沿用较短期间的。",
        "{roles}: no set of its own, the shorter period's holds.",
    ),
    "report.own_set.weight.month": ("月度权重", "Weight in a month"),
    "report.own_set.weight.quarter": ("季度权重", "Weight in a quarter"),
    "report.own_set.weight.now": ("本期权重", "Weight in this period"),
    "report.own_set.caption": (
        "权重有变化的指标（占综合得分）",
        "Indicators whose weight differs (share of the composite)",
    ),
    "report.own_set.note": (
        "这里是基础权重；月度还会按销售阶段在维度内调整。",
        "These are the base weights; in a month the sales phase moves weight inside a dimension.",
    ),
    # The parts' scores beside the whole's
    "report.beside.heading": (
        "与各月得分对照",
        "Beside the scores of its months",
    ),
    "report.beside.none": (
        "没有同时具备两种得分的成员，无法对照。",
        "Nobody has both scores, so there is nothing to compare.",
    ),
    "report.beside.means": (
        "{count}人{parts}得分平均{mean}分，{period}得分平均{whole}分。",
        "{count:person|people} scored {mean} points on average in {parts} and {whole} in {period}.",
    ),
    "report.beside.gained": (
        "{name}升得最多，比{parts}的平均高{gap}分。",
        "{name} gains most: {gap} above the mean of {parts}.",
    ),
    "report.beside.lost": (
        "{name}降得最多，比{parts}的平均低{gap}分。",
        "{name} loses most: {gap} below the mean of {parts}.",
    ),
    "report.beside.why": (
        "{period}按自己的指标重新计分，不是{parts}得分的平均。",
        "{period} is scored on its own indicators: it is no mean of {parts}.",
    ),
    "report.beside.mean": (
        "{parts}平均",
        "Mean of {parts}",
    ),
    "report.beside.gap": ("相差", "Difference"),
    "report.beside.caption": ("每个人的综合得分", "Everybody's composite"),
    "chart.beside.title": ("综合得分：本期与各月", "Composite: this period and its months"),
    "chart.beside.parts": ("各月", "Months"),
    "chart.beside.whole": ("本期", "This period"),
    # The layers of a year
    "report.layers.heading": ("年度得分由哪几层构成", "The layers of the year's scores"),
    "report.layers.month": ("各月", "Months"),
    "report.layers.quarter": ("各季度", "Quarters"),
    "report.layers.year": ("年度专属指标", "The year's own set"),
    "report.layers.only_year": (
        "只有年度得分由月、季、年三层构成；本期得分只用本期自己的指标。",
        "Only a year's score is made of layers; this period's rests on its own indicators alone.",
    ),
    "report.layers.weights": (
        "年度综合得分按层加权：{weights}。",
        "A year's composite weighs its layers: {weights}.",
    ),
    "report.layers.weight": ("{layer}{weight}", "{layer} {weight}"),
    "report.layers.means": (
        "团队在各层的平均得分：{parts}。",
        "The team's mean score in each layer: {parts}.",
    ),
    "report.layers.points": ("{layer}{points}分", "{layer} {points}"),
    "report.layers.moved": (
        "{count}人缺少某一层的得分，该层权重按比例转给其他层，见说明。",
        "{count:person lacks|people lack} a layer: its weight went to the others in proportion, see the remarks.",
    ),
    "report.layers.caption": (
        "各层贡献，相加即年度综合得分",
        "What each layer contributes: the parts add up to the composite",
    ),
    "report.layers.counts": (
        "{month}个月、{quarter}个季度",
        "{month:month|months}, {quarter:quarter|quarters}",
    ),
    "report.layers.own_weights": ("；权重 {weights}", "; weights {weights}"),
    # The team's mean by month
    "report.team_trend.heading": ("团队得分的走势", "How the team's score moved"),
    "report.team_trend.none": ("没有已结束月份的得分。", "There are no scores of months that are over."),
    "report.team_trend.range": (
        "{months}个月中，团队平均分有{above}个月高于全公司；最高是{best}的{best_mean}分，最低是{worst}的{worst_mean}分。",
        "In {above} of {months} months the team's mean was above the company's; the best was {best} with {best_mean}, the weakest {worst} with {worst_mean}.",
    ),
    "report.team_trend.halves": (
        "前一半月份平均{first}分，后一半平均{second}分。",
        "The first half of the months averages {first}, the second {second}.",
    ),
    "report.team_trend.people": ("评分人数", "People scored"),
    "report.team_trend.mean": ("团队平均", "Team mean"),
    "report.team_trend.company": ("全公司平均", "Company mean"),
    "report.team_trend.gap": ("相差", "Difference"),
    "report.team_trend.caption": ("各月综合得分的平均值", "Mean composite by month"),
    "chart.team_months.title": ("各月综合得分平均值", "Mean composite by month"),
    "chart.team_months.team": ("本团队", "This team"),
    "chart.team_months.company": ("全公司", "Company"),
    # Development of people
    "report.development.heading": ("成员的成长与贡献", "How people grew, and what they gave"),
    "report.development.none": (
        "没有培训、策略、路径或带教的评定数据，无法说明成员的成长。",
        "There are no assessments of training, ideas, paths or mentoring, so growth cannot be told.",
    ),
    "report.development.training": (
        "成员参加考核{taken}次，通过{passed}次，培训通过率{rate}（全公司{company}）。",
        "Trainings passed: {passed} of {taken}, a pass rate of {rate} (company {company}).",
    ),
    "report.development.training_met": ("达到目标{target}。", "That reaches the target of {target}."),
    "report.development.training_missed": ("低于目标{target}。", "That is below the target of {target}."),
    "report.development.no_training": ("没有培训考核的记录。", "No training is recorded."),
    "report.development.ideas": (
        "{count}项获客策略被采纳，合计流量较采纳前{rate}；提升最大的是{name}的{subject}（{day}采纳，{best}）。",
        "{count:acquisition idea was|acquisition ideas were} adopted, with {rate} of traffic on what there was before; most came from {subject} by {name} (adopted on {day}, {best}).",
    ),
    "report.development.paths": (
        "{count}条转化路径得到优化，合计转化较优化前{rate}；提升最大的是{name}的{subject}（{day}采纳，{best}）。",
        "{count:path was|paths were} improved, with {rate} of conversion on what there was before; most came from {subject} by {name} (adopted on {day}, {best}).",
    ),
    "report.development.no_ideas": ("没有被采纳的获客策略。", "No acquisition idea was adopted."),
    "report.development.no_paths": ("没有得到优化的转化路径。", "No path was improved."),
    "report.development.mentoring": (
        "{mentors}人带教了{newcomers}名新人，新人销售额较带教前{rate}。",
        "{mentors:person|people} mentored {newcomers:newcomer|newcomers}, whose sales moved by {rate} on what they were before.",
    ),
    "report.development.no_mentoring": ("没有带教新人的记录。", "No mentoring of newcomers is recorded."),
    "report.development.other_newcomer": ("其他团队的新人", "a newcomer of another team"),
    "report.development.people": (
        "每个人的培训、策略、路径与带教",
        "Training, ideas, paths and mentoring, person by person",
    ),
    "report.development.passed": ("通过 ÷ 参加", "Passed ÷ taken"),
    "report.development.ideas_head": ("被采纳策略", "Ideas adopted"),
    "report.development.paths_head": ("优化路径", "Paths improved"),
    "report.development.newcomers_head": ("带教新人", "Newcomers"),
    "report.development.adopted": (
        "被采纳的策略与优化的路径，按采纳日期",
        "Ideas adopted and paths improved, by date",
    ),
    "report.development.adopted_on": ("采纳日期", "Adopted on"),
    "report.development.who": ("提出人", "By"),
    "report.development.what": ("类别", "Kind"),
    "report.development.subject": ("编号", "Id"),
    "report.development.raw": ("增量 ÷ 采纳前", "Gain ÷ before"),
    "report.development.uplift": ("提升", "Uplift"),
    "report.development.mentored": ("带教新人的成效", "What mentoring brought"),
    "report.development.mentor": ("带教人", "Mentor"),
    "report.development.newcomer": ("新人", "Newcomer"),
    "report.development.when": ("期间", "When"),
    "report.development.sales_uplift": ("新人销售提升", "Uplift of sales"),
    "chart.development.title": ("何时、由谁、带来多少提升", "When, by whom, and how much it brought"),
    "chart.development.title_undated": (
        "何时、由谁、带来多少提升（带教标在期末）",
        "When, by whom, and how much (mentoring at its period's end)",
    ),
    # Grades through the period
    "report.grades.heading": ("各期等级", "Grades through the period"),
    "report.grades.caption": ("每个人在各期的等级", "Everybody's grades"),
    "report.grades.whole": (
        "{period}（整体）",
        "{period}, as a whole",
    ),
    "report.grades.open": ("期间未关账，不给出等级。", "No grades are shown while the period is open."),
    "report.grades.too_few": (
        "可以比较的等级不足两期。",
        "There are not two periods whose grades can be compared.",
    ),
    "report.grades.moved": (
        "{last}与{first}相比，{up}人等级上升，{down}人下降，{same}人不变。",
        "From {first} to {last} the grade of {up:person|people} rose, of {down} fell, and of {same} stayed.",
    ),
    "report.roi.sales": (
        "投放带来的销售额",
        "Sales it brought",
    ),
    "report.lifetime.no_year_before": (
        "上年同期可观察的客户不足一年，不作比较。",
        "A year before, less than a year of customers could be followed: there is no comparison.",
    ),
    "report.lifetime.part": (
        "数据始于{first}，只观察到此后获得的客户。",
        "The data begin on {first}: only customers won since are followed.",
    ),
    "report.parts.month": (
        "各月",
        "the months",
    ),
    "report.parts.quarter": (
        "各季度",
        "the quarters",
    ),
    "report.layers.word.month": (
        "各月",
        "months",
    ),
    "report.layers.word.quarter": (
        "各季度",
        "quarters",
    ),
    "report.layers.word.year": (
        "年度专属指标",
        "the year's own set",
    ),
}
