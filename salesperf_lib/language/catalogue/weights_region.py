"""Words of a study of weights: its frame, the admissible region and its map."""

# ruff: noqa: E501 (wide characters count twice)

ENTRIES: dict[str, tuple[str, str]] = {
    # Coverage
    "weights.frame.covers": (
        "数据来自{source}，覆盖{first}至{last}。",
        "The data come from {source} and cover {first} to {last}.",
    ),
    "weights.frame.graded": (
        "按得分评级的有{count}人，下文说的都是他们。",
        "{count:person has|people have} a grade that follows from a score; everything below is about them.",
    ),
    "weights.frame.vetoed": (
        "另有{names}：案件已查实，按一票否决规则等级为{grade}，与权重无关，下文不计。",
        "Not counted below: {names}. A confirmed case sets grade {grade} by the veto rule, whatever the weights.",
    ),
    "weights.frame.ungraded": (
        "本期没有等级的有{count}人：{people}。",
        "{count:person has|people have} no grade in this period: {people}.",
    ),
    "weights.frame.because": ("{names}（{reason}）", "{names} ({reason})"),
    "weights.frame.others": ("另外{count}人", "{count:other|others}"),
    # Limits
    "weights.frame.limit.share": (
        "“可选权重的比例”不是概率：它只说制度允许的权重中有多大一部分得出某个等级，不说公司会选哪一套。换一种先验，比例就不同；“不受权重影响”的结论则不变。",
        "A share of weightings is no probability: it says how much of what the policy admits leads to a grade, not which weights the company will choose. Another prior gives other shares; which grades cannot change stays the same.",
    ),
    "weights.frame.limit.measured": (
        "“不受权重影响”只排除了权重的影响，不等于测得准：每个等级的把握度见本期报告。",
        "A grade that no weighting changes is safe from the choice of weights, and from nothing else. How precisely it was measured is told by the certainty of grades in the reports of this period.",
    ),
    "weights.frame.limit.reach": (
        "维度内的指标权重可上下浮动{share}，是探索用的设定，不是考核制度的规定；幅度设得越大，能保证不变的等级越少。",
        "That weights inside a dimension may move by {share} either way is a setting of this study, not a rule of the appraisal: the wider it is, the fewer grades are guaranteed.",
    ),
    "weights.frame.limit.apart": (
        "权重地图、最小改动和每个维度的稳定范围只动三个维度的权重，维度内的指标权重不变；若两者同时动，改动可能更小就够了。",
        "The map, the smallest changes and the room of each weight move the weights of the three dimensions only, with those inside a dimension as decided. If both moved at once, less might be enough.",
    ),
    "weights.frame.limit.year": (
        "年度得分由各月、各季和年度专属指标合成：三部分用同一套维度权重一起变动，三部分之间的比例不变。",
        "A year's score is made of its months, its quarters and the year's own indicators: all three follow the same weights of the dimensions, and their own shares in the year stay as decided.",
    ),
    "weights.frame.limit.bent": (
        "有{count}人的得分由几部分合成，或缺一个维度（其权重由其他维度分担）：他们的最小改动和稳定范围没有计算。",
        "The scores of {count:person|people} are made of several parts or lack a dimension, whose weight the others share: their smallest changes and the room of weights are not worked out.",
    ),
    "weights.frame.limit.cautious": (
        "“可能的等级”是保守的界限：列为可能的，未必真会出现；不在其内的，一定不会出现。实际不受权重影响的等级可能更多。",
        "Possible grades are a cautious bound: one that is called possible may never occur, any other cannot. More grades may be safe than are called so.",
    ),
    "weights.frame.limit.scale": (
        "团队的名额随团队平均分增减，而平均分也随权重变：因此不给出最小改动和稳定范围，“可能的等级”也更宽。",
        "A team's places follow its mean score, which moves with the weights too: no smallest changes and no room are given, and more grades count as possible.",
    ),
    "weights.frame.limit.draws": (
        "比例由{draws}套均匀散布的权重算出，标准误差不超过{error}个百分点；“不受权重影响”和最小改动是推算出来的，不靠抽样。",
        "Shares come from {draws} weightings spread evenly, with a standard error of at most {error} percentage points. Which grades cannot change, and the smallest changes, are worked out without drawing.",
    ),
    # The region
    "weights.region.heading": ("哪些权重可选", "Which weights are admissible"),
    "weights.region.polygon": (
        "三个维度的权重之和必须是100%，且各在规定的范围内。满足这些条件的方案构成一个有{count}个顶点的区域：{corners}。",
        "The weights of the three dimensions sum to 100% and keep to their ranges. The schemes that do so fill a region with {count:corner|corners}: {corners}.",
    ),
    "weights.region.segment": (
        "三个维度的权重之和必须是100%，且各在规定的范围内。满足这些条件的方案都在{count}个端点之间的一条线上：{corners}。",
        "The weights of the three dimensions sum to 100% and keep to their ranges. The schemes that do so lie on a line between {count:end|ends}: {corners}.",
    ),
    "weights.region.point": (
        "三个维度的权重之和必须是100%，且各在规定的范围内。满足这些条件的方案只有{count}个：{corners}。",
        "The weights of the three dimensions sum to 100% and keep to their ranges. Only {count:scheme does|schemes do} so: {corners}.",
    ),
    "weights.region.corner": ("{weights}", "{weights}"),
    "weights.region.corner.join": ("；", "; "),
    "weights.region.unconstrained": ("除此之外没有附加约束。", "There are no further constraints."),
    "weights.region.constrained": (
        "此外还须满足：{constraints}。",
        "Further constraints hold: {constraints}.",
    ),
    "weights.region.midpoints": (
        "各范围取中点（{weights}），合计是{total}，不是100%，因此不能作为方案；要取“中间”，应取区域的中心。",
        "The mid-points of the ranges ({weights}) sum to {total} instead of 100% and so are no scheme; the middle of what is admissible is the centre of the region.",
    ),
    "weights.region.is_centre": (
        "现行方案正是这个中心，不偏向任何一个顶点。",
        "The scheme in force is that centre: it favours none of the corners.",
    ),
    "weights.region.off_centre": (
        "现行方案与区域的中心相差{moved}个百分点的权重。",
        "The scheme in force differs from the centre of the region by {moved} percentage points of weight.",
    ),
    "weights.region.outside": (
        "现行方案（{weights}）不在这个区域内，是特批的；下文的比较仍以它为准。",
        "The scheme in force ({weights}) lies outside the region, by a waiver; everything below is still compared with it.",
    ),
    "weights.region.caption": ("三个维度的权重", "Weights of the three dimensions"),
    "weights.region.dimension": ("维度", "Dimension"),
    "weights.region.written": ("规定的范围", "Range as written"),
    "weights.region.reachable": ("实际可取的范围", "Really reachable"),
    "weights.region.in_force": ("现行", "In force"),
    "weights.region.centre": ("区域中心", "Centre of the region"),
    "weights.region.range": ("{low}–{high}", "{low}–{high}"),
    "weights.region.exact": ("{share}（{part}）", "{share} ({part})"),
    "weights.region.tight": (
        "{names}：规定的范围有一部分取不到，因为其他维度的权重补不足或让不出。",
        "{names}: part of the range as written cannot be reached, because the other weights leave no room for it.",
    ),
    "weights.region.rounded": (
        "现行权重按一位小数显示，相加为{total}；按括号中的分数计算，正好是100%。",
        "Shown with one decimal, the weights in force add up to {total}; as the fractions in brackets they sum to exactly 100%.",
    ),
    "weights.region.reach": (
        "每个维度内的指标权重，可各自上下浮动其自身的{share}。例如{role}的“{kpi}”现为{base}，可在{low}至{high}之间。",
        "Inside a dimension the weight of each indicator may rise or fall by {share} of itself. For {role}, for example, “{kpi}” now weighs {base} and may weigh {low} to {high}.",
    ),
    "weights.region.inside.caption": (
        "维度内的指标权重及其范围",
        "Weights inside the dimensions, and their ranges",
    ),
    "weights.region.role": ("岗位", "Role"),
    "weights.region.layer": ("层次", "Layer"),
    "weights.region.layer.month": ("月度", "month"),
    "weights.region.layer.quarter": ("季度", "quarter"),
    "weights.region.layer.year": ("年度", "year"),
    "weights.region.kpi": ("指标", "Indicator"),
    "weights.region.least": ("最低", "Least"),
    "weights.region.most": ("最高", "Most"),
    # The map
    "weights.region.mark.in_force": ("现行", "In force"),
    "weights.region.mark.centre": ("中心", "Centre"),
    "weights.region.mark.and": (" / ", " / "),
    "weights.region.map.count": ("在每一种权重下，多少人的等级会变", "How many grades change, by weights"),
    "weights.region.map.person": ("{name}：在每一种权重下的等级", "Grade of {name}, by weights"),
    "weights.region.map.nothing": (
        "权重地图：维度内的指标权重不变时，区域内任何一处都没有人的等级与现行不同。",
        "Map of weights: nowhere in the region does a grade differ from the one in force, with weights inside the dimensions as decided.",
    ),
    "weights.region.map.says": (
        "权重地图（维度内的指标权重不变）：在区域的{none}上，没有人的等级与现行不同；最多有{most}人不同，在{weights}附近。",
        "Map of weights, with those inside the dimensions as decided: on {none} of the region no grade differs from the one in force. At most {most:grade differs|grades differ}, around {weights}.",
    ),
    "weights.region.map.grade": ("{grade}占{share}", "{grade} on {share}"),
    "weights.region.map.says_person": (
        "{name}的权重地图（维度内的指标权重不变）。各等级在区域中的份额：{grades}。",
        "Map of weights for {name}, with those inside the dimensions as decided. Grades over the region: {grades}.",
    ),
}
