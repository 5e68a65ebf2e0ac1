"""Words of a study of weights: how many grades depend on them, whose, and what to discuss."""

# ruff: noqa: E501 (wide characters count twice)

ENTRIES: dict[str, tuple[str, str]] = {
    "weights.title": ("权重探索", "Weight explorer"),
    "weights.question": (
        "多少人的等级取决于权重怎么定？是谁？委员会该讨论什么？",
        "How many grades depend on the choice of weights, whose are they, and what should the committee discuss?",
    ),
    # The answer
    "weights.answer.heading": ("结论", "The answer"),
    "weights.answer.nobody": (
        "这个期间没有人按得分评级。",
        "Nobody has a grade that follows from a score in this period.",
    ),
    "weights.answer.fixed": (
        "{count}个等级中，{fixed}个不受权重影响：只要权重在制度允许的范围内{reach}，怎么定都不变。其余{open}个有可能变。",
        "{fixed} of {count:grade|grades} cannot change, whatever weights the policy admits{reach}. {open} could.",
    ),
    "weights.answer.all_fixed": (
        "{count}个等级全都不受权重影响：只要权重在制度允许的范围内{reach}，怎么定都不变。",
        "Of {count:grade|grades}, none can change, whatever weights the policy admits{reach}.",
    ),
    "weights.answer.contested": (
        "真正取决于权重的有{count}个（不到{limit}的可选权重给出现在的等级）：{names}。",
        "{count:grade really depends|grades really depend} on them (fewer than {limit} of the admissible weightings give the present one): {names}.",
    ),
    "weights.answer.one": (
        "{name}（{grade}，{share}的权重给{other}）",
        "{name} ({grade}; {share} of the weightings give {other})",
    ),
    "weights.answer.more": ("另有{count}人，见下表。", "{count:other is|others are} in the table below."),
    "weights.answer.noise": (
        "对照：随机换一套权重，平均{weights}的人等级会变；而把各指标重新测一次，平均{noise}的人会变。测量误差比权重更要紧。",
        "For comparison: another weighting at random changes {weights} of the grades on average; measuring everything again would change {noise}. Noise matters more than weights.",
    ),
    "weights.answer.noise_less": (
        "对照：随机换一套权重，平均{weights}的人等级会变；而把各指标重新测一次，平均{noise}的人会变。权重比测量误差更要紧。",
        "For comparison: another weighting at random changes {weights} of the grades on average; measuring everything again would change {noise}. Weights matter more than noise.",
    ),
    "weights.answer.discuss": (
        "委员会不必讨论权重怎么定才好，只需讨论下列各人：权重稍有不同，他们就是另一个等级。宜看依据，不宜为某个人挑权重。",
        "The committee need not look for the best weights; it should discuss the people below, whose grade another admissible choice would change. Look at the evidence; do not pick weights for a person.",
    ),
    "weights.answer.nothing": (
        "没有等级有争议：现在的等级都在不低于{limit}的可选权重下成立。",
        "No grade is contested: at least {limit} of the admissible weightings give each the present one.",
    ),
    "weights.answer.nothing_open": (
        "不过，换一套可选权重，仍有{count}个等级可能变。",
        "Still, {count:grade|grades} could change under some admissible weighting.",
    ),
    "weights.answer.caption": (
        "等级取决于权重的人，最不确定的在前；各列是给出该等级的可选权重所占比例",
        "Whose grade depends on the weights, the least certain first; columns give the share of admissible weightings with each grade",
    ),
    "weights.answer.draws": (
        "共抽取{draws}套权重，比例的标准误差不超过{error}。",
        "{draws} weightings were drawn; the standard error of a share is at most {error}.",
    ),
    "weights.reach": (
        "、维度内指标权重上下浮动不超过{share}",
        ", with weights inside the dimensions moving by up to {share} either way",
    ),
    "weights.reach.whole": (
        "维度内的指标权重最多上下浮动{share}。",
        "Weights inside a dimension move by up to {share} either way.",
    ),
    "weights.reach_none.whole": ("维度内的指标权重不变。", "Weights inside a dimension stay as decided."),
    "weights.prior.nested": (
        "“可选权重的比例”按均匀先验计算：三个维度的权重在允许的区域内均匀分布，每个维度内的指标权重在各自范围内均匀分布，彼此独立。",
        "Shares of weightings are by the nested uniform prior: dimension weights evenly over the admissible region, and the weights inside each dimension evenly over their own ranges, independent of each other.",
    ),
    "weights.prior.polytope": (
        "“可选权重的比例”按整体均匀先验计算：所有指标的总权重在允许范围内均匀分布。",
        "Shares of weightings are by the uniform prior on all weights together.",
    ),
    "weights.prior.dirichlet": (
        "“可选权重的比例”按以现行方案为中心的狄利克雷先验计算（集中度{concentration}），只取允许范围内的。",
        "Shares of weightings are by a Dirichlet prior around the scheme in force (concentration {concentration}), kept inside the admissible region.",
    ),
    "weights.weight": ("{name}{share}", "{name} {share}"),
    # The explorer, where nobody can move it
    "explorer.heading": ("移动权重", "Move the weights"),
    "explorer.where": (
        "这份报告是无人值守生成的，不能拖动。要亲自移动权重、当场看到谁的名次和等级会变，请在 JupyterLab 里打开本笔记本，或运行下面的命令。后面各节的图表由同样的函数画出。",
        "This report was made by an unattended run and cannot be moved. To move the weights yourself and see at once whose rank and grade changes, open the notebook in JupyterLab or run the command below. The sections that follow are drawn by the same functions.",
    ),
    # Schemes side by side
    "weights.schemes.heading": ("方案对比", "Schemes side by side"),
    "weights.schemes.none": ("除现行方案外，没有可对比的方案。", "There is no other scheme to compare with."),
    "weights.schemes.nothing": (
        "所比较的{count}个方案都不改变任何人的等级。",
        "Of {count:scheme|schemes} compared, none changes any grade.",
    ),
    "weights.schemes.most": (
        "变化最大的是“{name}”（{weights}）：{people}个等级中有{count}个会变。",
        "“{name}” ({weights}) changes most: {count} of {people:grade|grades}.",
    ),
    "weights.schemes.caption": (
        "各方案与现行方案相比，会改变谁的等级",
        "Whose grade each scheme would change, against the one in force",
    ),
    "weights.schemes.name": ("方案", "Scheme"),
    "weights.schemes.weights": ("权重", "Weights"),
    "weights.schemes.up": ("升级人数", "Better grades"),
    "weights.schemes.down": ("降级人数", "Lower grades"),
    "weights.schemes.ranks": ("名次变化", "Ranks that change"),
    "weights.schemes.who": ("谁的等级变", "Whose grade changes"),
    "weights.schemes.one": ("{name} {before}→{after}", "{name} {before}→{after}"),
    "weights.schemes.more": ("另{count}人", "{count:other|others}"),
    "weights.schemes.nobody": ("无", "nobody's"),
    "weights.schemes.inner": (
        "；{roles}的指标权重也不同",
        "; {roles} also with other weights inside dimensions",
    ),
    "weights.schemes.kind.centre": ("允许范围的中心", "Centre of the range"),
    "weights.schemes.kind.corner": ("允许范围的顶点", "Corner of the range"),
    "weights.schemes.alt": (
        "“{name}”（{weights}）下的名次和等级：{ranks}人的名次改变。",
        "Ranks and grades under “{name}” ({weights}): {ranks:rank changes|ranks change}.",
    ),
    "weights.share.little": ("不到{least}", "under {least}"),
    "weights.share.nearly": ("超过{most}", "over {most}"),
    "weights.table.name": ("姓名", "Name"),
    "weights.table.team": ("团队", "Team"),
    "weights.table.role": ("岗位", "Role"),
    "weights.table.score": ("得分", "Score"),
    "weights.table.grade": ("现等级", "Grade"),
    "weights.table.share_of": ("得{grade}", "{grade}"),
    "weights.headline.fixed": ("不受权重影响的等级", "grades no weighting changes"),
    "weights.headline.contested": ("取决于权重的等级", "grades that depend on weights"),
}
