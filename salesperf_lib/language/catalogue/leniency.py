"""Words of the correction of raters' leniency."""

ENTRIES: dict[str, tuple[str, str]] = {
    "report.leniency.heading": ("评分宽严修正", "Lenient and strict raters"),
    "report.leniency.method.none": (
        "按现行规则，评分不做宽严修正，一律按原始评分计入。",
        "By the rules in force ratings are not corrected for leniency: they count as they were given.",
    ),
    "report.leniency.method.shared_ratees": (
        (
            "同一个人由几位评分人打分，分数常因各人尺度不同而有高低。这里只比较多位评分人共同评过的人，"
            "因此团队本身的好坏不会被当成宽严。只修正{items}，系统计量的指标一律不动。"
        ),
        (
            "Several people rate the same person, and some rate higher than others. Raters are compared only "
            "on people whom several of them rated, so that a good team is not mistaken for a lenient rater. "
            "Corrected are {items} alone; what is measured stays untouched."
        ),
    ),
    "report.leniency.method.ratio": (
        (
            "每位评分人的评分乘以“全公司平均分÷本人平均分”。这种做法分不清评分偏宽与被评的人确实更好。"
            "只修正{items}，系统计量的指标一律不动。"
        ),
        (
            "Each rater's ratings are multiplied by the company's mean over the rater's own. This cannot "
            "tell a lenient rater from one whose people are better. Corrected are {items} alone; what is "
            "measured stays untouched."
        ),
    ),
    "report.leniency.method.standardise": (
        (
            "每位评分人的平均分和离散程度都调到全公司水平。这种做法分不清评分偏宽与被评的人确实更好。"
            "只修正{items}，系统计量的指标一律不动。"
        ),
        (
            "Mean and spread of each rater's ratings are brought to the company's. This cannot tell a "
            "lenient rater from one whose people are better. Corrected are {items} alone; what is measured "
            "stays untouched."
        ),
    ),
    "report.leniency.nobody": (
        "这段时间没有人给本团队打分。",
        "Nobody rated the team in this time.",
    ),
    "report.leniency.equal": (
        "评分人之间的宽严没有差别，评分没有改动。",
        "The raters do not differ in leniency: no rating was changed.",
    ),
    "report.leniency.extent": (
        "最宽的评分人平均偏高{lenient}分，最严的平均偏低{strict}分。本团队的评分平均改动{mean}分，单个评分最多{most}分。",
        (
            "The most lenient rater lies {lenient} points above the others, the strictest {strict} below. "
            "Ratings of the team's people moved by {mean} points on average, by {most} at most."
        ),
    ),
    "report.leniency.people": (
        "在本团队中，修正对以下成员的影响最大：{people}。",
        "In the team it matters most for {people}.",
    ),
    "report.leniency.person": (
        "{name}（平均分{before}→{after}，{change}）",
        "{name} (mean rating {before} → {after}, {change})",
    ),
    "report.leniency.uncalibrated": (
        "{count}位评分人可比的评分太少，无法判断宽严：标为“未校准”，其评分按原样计入。",
        (
            "{count:rater has|raters have} too few ratings that can be compared: marked uncalibrated; those "
            "ratings count as they were given."
        ),
    ),
    "report.leniency.all_calibrated": (
        "所有评分人的评分数都够用，没有“未校准”的评分人。",
        "Every rater has ratings enough: none is uncalibrated.",
    ),
    "report.leniency.others": (
        "其他团队的评分人不显示姓名。没有给本团队打过分的评分人不列出。",
        "Raters of other teams stay without a name. Raters who rated nobody in the team are not listed.",
    ),
    "report.leniency.other": ("其他评分人{number}", "Other rater {number}"),
    "report.leniency.of": ("{rater}：{item}", "{rater}: {item}"),
    "report.leniency.caption": (
        "评分人及其宽严，取用于比较的全部月份（正数偏宽，负数偏严；±为标准误）",
        "Raters and their leniency, all months compared (above 0: lenient, below: strict; ± standard error)",
    ),
    "report.leniency.rater": ("评分人", "Rater"),
    "report.leniency.given": ("评分次数", "Ratings given"),
    "report.leniency.leniency": ("宽严（分）", "Leniency (points)"),
    "report.leniency.value": ("{value}±{error}", "{value} ± {error}"),
    "report.leniency.before": ("修正前平均分", "Mean before"),
    "report.leniency.after": ("修正后平均分", "Mean after"),
    "report.leniency.state": ("状态", "State"),
    "report.leniency.state.corrected": ("已修正", "corrected"),
    "report.leniency.state.uncalibrated": ("未校准", "uncalibrated"),
    "report.leniency.state.as_given": ("按原样", "as given"),
    "report.leniency.alt": (
        "{count}位评分人修正前后的平均分。",
        "Mean ratings of {count:rater|raters} before and after the correction.",
    ),
    "chart.leniency.title": ("评分人平均分：修正前与修正后", "Mean rating by rater, before and after"),
    "chart.leniency.before": ("修正前", "Before"),
    "chart.leniency.after": ("修正后", "After"),
    "chart.leniency.uncalibrated": ("未校准", "uncalibrated"),
}
