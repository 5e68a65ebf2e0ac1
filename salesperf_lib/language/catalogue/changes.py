"""Words of what changed a score since the last period."""

# ruff: noqa: E501 (wide characters count twice)

ENTRIES: dict[str, tuple[str, str]] = {
    "report.changes.heading": ("得分为什么变了", "Why scores changed"),
    # Why there is nothing to compare
    "report.changes.open": (
        "期间关账后，再与{before}比较。",
        "The comparison with {before} follows once the period is closed.",
    ),
    "report.changes.uncovered": (
        "数据从{first}开始，没有覆盖{before}，因此不能比较得分。",
        "The data begin on {first} and do not cover {before}: there is no score to compare with.",
    ),
    "report.changes.refused": (
        "{before}无法考核，因此不能比较得分。原因：{reason}",
        "{before} cannot be appraised, so there is no score to compare with. Reason: {reason}",
    ),
    "report.changes.nobody": (
        "没有人在{before}和{now}都有得分。",
        "Nobody has a score in both {before} and {now}.",
    ),
    # Sentences
    "report.changes.summary": (
        "{now}与{before}相比，两期都有得分的{count}人中，{up}人上升、{down}人下降；他们的平均分由{mean_before}变为{mean}。",
        "Of {count:person|people} scored in both {before} and {now}, {up} rose and {down} fell; their mean went from {mean_before} to {mean}.",
    ),
    "report.changes.rose": (
        "上升最多的是{name}（{before}→{now}，{change}分），主要来自{part}（{points}分）。",
        "{name} rose most ({before} → {now}, {change} points), above all by {part} ({points} points).",
    ),
    "report.changes.fell": (
        "下降最多的是{name}（{before}→{now}，{change}分），主要来自{part}（{points}分）。",
        "{name} fell most ({before} → {now}, {change} points), above all by {part} ({points} points).",
    ),
    "report.changes.kpi": (
        "实绩中影响最大的是{kpi}：{before}→{now}，{points}分。",
        "Of what was measured, {kpi} weighs most: {before} → {now}, {points} points.",
    ),
    "report.changes.kpi_alone": (
        "实绩中影响最大的是{kpi}（{points}分）。",
        "Of what was measured, {kpi} weighs most ({points} points).",
    ),
    "report.changes.noise": (
        "单凭测量误差，一个人两期的得分就可能相差约{width}分（{level}的情形在此范围内）；小于它的变动不足以说明进步或退步。超出这一范围的：{names}。",
        "By measurement noise alone a person's scores of two periods can differ by about {width} points ({level} of cases stay within); a smaller change proves neither progress nor decline. Beyond that: {names}.",
    ),
    "report.changes.noise_only": (
        "单凭测量误差，一个人两期的得分就可能相差约{width}分（{level}的情形在此范围内）；小于它的变动不足以说明进步或退步。本期没有人的变动超出这一范围。",
        "By measurement noise alone a person's scores of two periods can differ by about {width} points ({level} of cases stay within); a smaller change proves neither progress nor decline. Nobody's change goes beyond that.",
    ),
    "report.changes.veto": (
        "{names}：案件已查实，按一票否决规则，所在期间的得分不计。不计的分数单列为“否决”，与业绩变化分开。",
        "{names}: a case is confirmed, and by the veto rule the score of that period does not count. What is not counted has a column of its own, apart from any change in performance.",
    ),
    # Table
    "report.changes.caption": (
        "得分变动的来源（{before}→{now}，分）；每行：上期得分＋各项＝本期得分",
        "What changed each score ({before} → {now}, points); in every row, before plus its parts is now",
    ),
    "report.changes.name": ("姓名", "Name"),
    "report.changes.before": ("上期", "Before"),
    "report.changes.now": ("本期", "Now"),
    "report.changes.change": ("变动", "Change"),
    "report.changes.state": ("说明", "Remark"),
    "report.changes.part.actuals": ("实绩", "Actuals"),
    "report.changes.part.targets": ("目标", "Targets"),
    "report.changes.part.weights": ("权重", "Weights"),
    "report.changes.part.curves": ("计分方式", "Curves"),
    "report.changes.part.adjustments": ("公平修正", "Fair input"),
    "report.changes.part.veto": ("否决", "Veto"),
    "report.changes.part.rules": ("其他规则", "Other rules"),
    "report.changes.said.actuals": ("实绩", "what was measured"),
    "report.changes.said.targets": ("目标", "targets"),
    "report.changes.said.weights": ("权重", "weights"),
    "report.changes.said.curves": ("计分方式", "the curves that make points"),
    "report.changes.said.adjustments": ("公平修正", "fair input"),
    "report.changes.said.rules": ("其他规则", "other rules"),
    "report.changes.about.actuals": ("实绩：测得的数值", "Actuals: what was measured"),
    "report.changes.about.targets": (
        "目标：目标值和历史基准的变化",
        "targets: targets and baselines",
    ),
    "report.changes.about.weights": (
        "权重：指标的增减、权重转移、门槛、团队或岗位变动",
        "weights: indicators that come or go, weight taken over, gates, a change of team or role",
    ),
    "report.changes.about.curves": ("计分方式：计分曲线的改动", "curves: how attainment becomes points"),
    "report.changes.about.adjustments": (
        "公平修正：评分宽严修正和小样本修正",
        "fair input: the correction for lenient and strict raters, and for small samples",
    ),
    "report.changes.about.veto": ("否决：不计的得分", "veto: score that does not count"),
    "report.changes.about.rules": (
        "其他规则：以上各项解释不了的",
        "other rules: what none of these explains",
    ),
    "report.changes.about": (
        "{parts}。没有列出的来源，本期对本团队没有影响。",
        "{parts}. A cause that is not listed changed nothing in the team.",
    ),
    "report.changes.season": (
        "销售额和目标都随季节变化：“实绩”和“目标”两栏要合起来看。",
        "Sales and targets both follow the season: read actuals and targets together.",
    ),
    "report.changes.missing.now": ("本期：{reason}", "now: {reason}"),
    "report.changes.missing.before": ("上期：{reason}", "before: {reason}"),
    "report.changes.missing.both": ("两期均无得分；本期：{reason}", "no score in either; now: {reason}"),
    "report.changes.absent": ("不在名册上", "not on the roster"),
    "report.changes.vetoed_now": ("本期得分{score}，按规则不计", "score {score}, not counted by rule"),
    "report.changes.vetoed_before": (
        "上期得分{score}，按规则不计",
        "score before {score}, not counted by rule",
    ),
    "report.changes.alt": (
        "每个人的得分变动由哪些部分组成。{summary}",
        "What each person's change of score is made of. {summary}",
    ),
    "chart.changes.title": (
        "得分变动的来源（分，{before}→{now}）",
        "What changed each score (points, {before} → {now})",
    ),
    "chart.changes.total": ("合计变动", "Change in all"),
    "chart.changes.vetoed": ("一票否决", "vetoed"),
}
