"""Words of a study of weights: how certain grades are, and how little it takes to change them."""

# ruff: noqa: E501 (wide characters count twice)

ENTRIES: dict[str, tuple[str, str]] = {
    # Certainty
    "weights.certainty.heading": ("谁的等级会随权重变", "Whose grade can change with the weights"),
    "weights.certainty.open_none": (
        "{count}个等级中，有{open}个换一套可选权重就可能变，但没有一个有争议：现在的等级都在不低于{limit}的可选权重下成立。",
        "Of {count:grade|grades}, {open} cannot be called safe: another admissible weighting may change them. But none is contested: each has at least {limit} of the weightings behind it.",
    ),
    "weights.certainty.open": (
        "{count}个等级中，有{open}个换一套可选权重就可能变；其中{contested}个有争议，即现在的等级只在不到{limit}的可选权重下成立。",
        "Of {count:grade|grades}, {open} cannot be called safe: another admissible weighting may change them. Of these {contested:is|are} contested: fewer than {limit} of the weightings give the present grade.",
    ),
    "weights.certainty.none_open": (
        "{count}个等级都不受权重影响。",
        "Of {count:grade|grades}, none changes under any admissible weighting.",
    ),
    "weights.certainty.fixed": (
        "其余{count}个怎么换都不变：{grades}。",
        "The other {count:grade|grades} cannot change, whatever the weights: {grades}.",
    ),
    "weights.certainty.of_grade": ("{grade} {n}人", "{n} graded {grade}"),
    "weights.certainty.same": (
        "这里的“有争议”与本期报告的含义相同（不到{limit}的权重给出现在的等级；本期报告标出{monthly}个）：维度内的指标权重不变。",
        "Contested means the same as in the reports of this period (fewer than {limit} of the weightings give the grade; they mark {monthly}): weights inside the dimensions stay as decided.",
    ),
    "weights.certainty.differs": (
        "本期报告中的“有争议”只让三个维度的权重变动，标出{monthly}个；这里维度内的指标权重也一起变动，按同样的{limit}界线是{here}个。",
        "The reports of this period call a grade contested when only the weights of the three dimensions move, and so mark {monthly}; here weights inside the dimensions move too, and the same limit of {limit} marks {here}.",
    ),
    "weights.certainty.caption": (
        "等级可能随权重变的人，最不确定的在前：得到各等级的可选权重所占比例",
        "Whose grade can change, the least certain first: share of the admissible weightings that give each grade",
    ),
    "weights.certainty.possible": ("可能的等级", "Possible"),
    "weights.certainty.span": ("{best}–{worst}", "{best}–{worst}"),
    "weights.certainty.mark": ("有争议", "Contested"),
    "weights.certainty.contested": ("是", "yes"),
    "weights.certainty.reading": (
        "“可能的等级”是任何可选权重都超不出的上下限。“不到{least}”表示抽到的权重中几乎没有得出这一等级的，但不能排除。",
        "Possible grades are the best and the worst that no admissible weighting goes beyond. “Under {least}” means that hardly any of the weightings drawn gave the grade, yet it cannot be ruled out.",
    ),
    "weights.certainty.rest": ("其余{count}人", "The other {count:person|people}"),
    "weights.certainty.fixed_list": (
        "等级不受权重影响的{count}人",
        "{count:person|people} whose grade no weighting changes",
    ),
    "weights.certainty.grade": ("等级", "Grade"),
    "weights.certainty.people": ("人数", "People"),
    "weights.certainty.names": ("姓名", "Names"),
    "weights.certainty.bars": (
        "给出各等级的可选权重所占比例（姓名旁为现等级）",
        "Share of the weightings that give each grade (beside each name: the grade now)",
    ),
    "weights.certainty.alt": (
        "等级可能随权重变的{count}人：各等级在可选权重中所占的比例。最不确定的是{name}：现在的{grade}只占{share}。",
        "Share of the admissible weightings that give each grade, for {count:person|people} whose grade can change. The least certain is {name}: {share} of the weightings give the present {grade}.",
    ),
    "weights.certainty.alt_some": (
        "等级可能随权重变的{count}人中，最不确定的{shown}人：各等级在可选权重中所占的比例。最不确定的是{name}：现在的{grade}只占{share}。",
        "Share of the admissible weightings that give each grade, for the {shown} least certain of {count:person|people} whose grade can change. The least certain is {name}: {share} of the weightings give the present {grade}.",
    ),
    # The smallest changes of grades
    "weights.moves.heading": ("改动多少权重，等级就会变", "How little it takes to change a grade"),
    "weights.moves.count": (
        "只动三个维度的权重（不出允许的范围），{count}个等级中会变的有{open}个：可能升的{up}人，可能降的{down}人。",
        "Moving only the weights of the three dimensions, within what is admissible, can change {open} of {count:grade|grades}: for the better in {up:case|cases}, for the worse in {down}.",
    ),
    "weights.moves.none": (
        "只动三个维度的权重（不出允许的范围），{count}个等级没有一个会变。",
        "Of {count:grade|grades}, none changes if only the weights of the three dimensions move, within what is admissible.",
    ),
    "weights.moves.nearest_up": (
        "改动最小的是{name}：只要移动{moved}个百分点的权重，改为{weights}，等级就从{grade}升到{other}。",
        "The smallest change of all lifts {name} from {grade} to {other}: {moved} percentage points of weight move, to {weights}.",
    ),
    "weights.moves.nearest_down": (
        "改动最小的是{name}：只要移动{moved}个百分点的权重，改为{weights}，等级就从{grade}降到{other}。",
        "The smallest change of all takes {name} from {grade} down to {other}: {moved} percentage points of weight move, to {weights}.",
    ),
    "weights.moves.inside": (
        "另有{count}个等级也可能变，但要维度内的指标权重也动才行。",
        "{count:other grade|other grades} may change too, but only if weights inside the dimensions move as well.",
    ),
    "weights.moves.unknown": (
        "有{count}人的等级可能变，但没有算出最小改动：得分或名额不随维度权重按直线变化。",
        "For {count:person|people} whose grade can change no smallest change is worked out: scores or places do not follow the weights in a straight line.",
    ),
    "weights.moves.caption": (
        "使等级改变的最小权重改动，改动最小的在前（维度内的指标权重不变）",
        "Smallest change of weights that changes a grade, the smallest first (weights inside the dimensions as decided)",
    ),
    "weights.moves.rest": ("其余{count}项", "The other {count:change|changes}"),
    "weights.moves.becomes": ("变为", "Becomes"),
    "weights.moves.up": ("▲ {grade}", "▲ {grade}"),
    "weights.moves.down": ("▼ {grade}", "▼ {grade}"),
    "weights.moves.moved": ("移动的权重（百分点）", "Weight moved (pp)"),
    "weights.moves.note": (
        "每一行的权重精确到0.1%，照此评级，等级确实会变。移动的权重：从一些维度减去、加到另一些维度的百分点。这张表说明等级离变动有多近，不是为谁调整权重的依据。",
        "Weights are in steps of 0.1%, and an appraisal under them does change the grade. Weight moved: percentage points taken from some dimensions and given to others. The table shows how close a grade is to changing; it is no reason to move weights for anybody.",
    ),
    "weights.moves.note_least": (
        "能做到的权重不止一组时，取移动权重最少的。",
        "Of all weights that do it, those that move least are given.",
    ),
    "weights.moves.note_closest": (
        "人多，没有逐一试遍所有权重：取的是离现行权重最近的，移动的权重不一定最少。",
        "There are too many people to try all weights: given are those closest to the ones in force, which need not move least.",
    ),
    # Neighbours
    "weights.moves.pairs.heading": (
        "改动多少权重，相邻两人就会换位",
        "How little it takes neighbours to change places",
    ),
    "weights.moves.pairs.nobody": (
        "评级的不到两人，没有名次可比。",
        "With fewer than two people graded there are no ranks to compare.",
    ),
    "weights.moves.pairs.count": (
        "名次相邻、得分不同的有{count}对，其中{open}对只动三个维度的权重就会拉平或换位，{fixed}对怎么动都不会。",
        "Of {count:pair|pairs} of neighbours by rank with different scores, {open} draw level or change places if only the weights of the three dimensions move; {fixed} never do.",
    ),
    "weights.moves.pairs.level": (
        "得分本来就相同的有{count}对。",
        "{count:pair has|pairs have} equal scores already.",
    ),
    "weights.moves.pairs.unknown": (
        "还有{count}对没有算：得分不随维度权重按直线变化。",
        "{count:pair is|pairs are} left out: scores do not follow the weights in a straight line.",
    ),
    "weights.moves.pairs.closest": (
        "最容易变的一对：{below}落后{above} {gap}分；只要移动{moved}个百分点的权重，改为{weights}，{below}就追平或超过{above}。",
        "It takes least for {below}, who is {gap} points behind {above}: if {moved} percentage points of weight move, to {weights}, {below} draws level or passes.",
    ),
    "weights.moves.pairs.caption": (
        "改动最小就会拉平或换位的相邻两人，改动最小的在前（维度内的指标权重不变）",
        "Neighbours by rank who draw level or change places soonest, the smallest change first (weights inside the dimensions as decided)",
    ),
    "weights.moves.pairs.above": ("在前", "Ahead"),
    "weights.moves.pairs.below": ("在后", "Behind"),
    "weights.moves.pairs.rank": ("在前者的名次", "Rank of the one ahead"),
    "weights.moves.pairs.gap": ("相差（分）", "Apart (points)"),
    # The room of each weight
    "weights.moves.steady.heading": ("每个维度的权重能动多少", "How far each weight can move"),
    "weights.moves.steady.how": (
        "一次只动一个维度的权重，另外两个按现在的比例分其余部分；在下表的范围内，没有人的等级会变。",
        "One weight moves at a time, and the other two share the rest in their present proportion. Within the ranges below nobody's grade changes.",
    ),
    "weights.moves.steady.low": (
        "最敏感的一处：{dimension}的权重现为{now}，降到{end}以下，{name}就从{grade}变为{other}。",
        "The tightest limit: {dimension}, now {now}; below {end}, {name} goes from {grade} to {other}.",
    ),
    "weights.moves.steady.high": (
        "最敏感的一处：{dimension}的权重现为{now}，升到{end}以上，{name}就从{grade}变为{other}。",
        "The tightest limit: {dimension}, now {now}; above {end}, {name} goes from {grade} to {other}.",
    ),
    "weights.moves.steady.all": (
        "在整个允许的范围内，都没有人的等级会变。",
        "Over the whole of what is admissible, nobody's grade changes.",
    ),
    "weights.moves.steady.nobody": (
        "这个期间没有人按得分评级。",
        "Nobody is graded by a score in this period.",
    ),
    "weights.moves.steady.outside": (
        "现行权重不在允许的范围内，无从说起能动多少。",
        "The weights in force are not admissible themselves, so that there is no range around them.",
    ),
    "weights.moves.steady.unknown": (
        "没有算出：得分或名额不随维度权重按直线变化。",
        "Not worked out: scores or places do not follow the weights in a straight line.",
    ),
    "weights.moves.steady.note": (
        "范围向内取到0.1%。可选范围比“哪些权重可选”一节的窄，因为这里另外两个权重的比例不变。“–”表示到允许范围的尽头都没有人变。",
        "Ranges are rounded inwards to 0.1%. What is admissible is less here than above, because the other two weights keep their proportion. “–”: nobody changes up to the end of what is admissible.",
    ),
    "weights.moves.steady.left_out": (
        "有{count}人不在其内：得分或名额不随维度权重按直线变化。",
        "{count:person is|people are} left out: scores or places do not follow the weights in a straight line.",
    ),
    "weights.moves.steady.caption": (
        "每个维度的权重在什么范围内没有人的等级会变",
        "The weights of each dimension under which nobody's grade changes",
    ),
    "weights.moves.steady.column.dimension": ("维度", "Dimension"),
    "weights.moves.steady.column.now": ("现行", "Now"),
    "weights.moves.steady.column.admissible": ("可选", "Admissible"),
    "weights.moves.steady.column.steady": ("没有人变", "Nobody changes"),
    "weights.moves.steady.column.down": (
        "往下：余地（百分点），谁先变",
        "Down: room (pp), who changes first",
    ),
    "weights.moves.steady.column.up": ("往上：余地（百分点），谁先变", "Up: room (pp), who changes first"),
    "weights.moves.steady.room": ("{moved}，{who}", "{moved}, {who}"),
    "weights.moves.steady.first": ("{name}（{grade}→{other}）", "{name} ({grade} → {other})"),
}
