"""Words of the one-to-one feedback sheet: the sandwich, the path, the trend, signing and appeal."""

# ruff: noqa: E501 (wide characters count twice)

ENTRIES: dict[str, tuple[str, str]] = {
    # Heading
    "feedback.title": ("{name} · 绩效反馈表", "{name} · Feedback sheet"),
    "feedback.question": (
        "给经理和本人面谈用：哪一点做得好，差距在哪里，下一步做什么、何时交付，怎样升到下一等级。",
        (
            "For the talk between manager and employee: what went well, where the gap is, what to do next and by when, "
            "and what would reach the next grade."
        ),
    ),
    "feedback.fact.person": ("编号", "Id"),
    "feedback.fact.role": ("岗位", "Role"),
    "feedback.fact.team": ("团队", "Team"),
    "feedback.fact.period": ("期间", "Period"),
    "feedback.fact.score": ("综合得分", "Score"),
    "feedback.fact.grade": ("等级", "Grade"),
    "feedback.fact.rank": ("同岗位名次", "Rank in the role"),
    "feedback.fact.state": ("状态", "State"),
    "feedback.rank": ("{place}/{count}", "{place} of {count}"),
    # Where the person stands
    "feedback.standing.scored": (
        "综合得分{score}分，等级{grade}。",
        "A score of {score} points: grade {grade}.",
    ),
    "feedback.standing.open": (
        "综合得分{score}分。期间尚未关账，暂不给出等级和名次。",
        "A score of {score} points so far. The period is still open: no grade or rank yet.",
    ),
    "feedback.standing.place": (
        "在{count}名同岗位人员中排第{place}位。",
        "Place {place} of {count} people in the same role.",
    ),
    "feedback.standing.certain": (
        "按现有样本量，等级{grade}{word}（{p}）。",
        "Given the number of observations, grade {grade} is {word} ({p}).",
    ),
    "feedback.standing.certain_other": (
        "按现有样本量，等级{grade}{word}（{p}），其次是{other}（{q}）。",
        "Given the number of observations, grade {grade} is {word} ({p}); next comes {other} ({q}).",
    ),
    "feedback.standing.certain_less": (
        "按现有样本量，等级{grade}{word}（{p}），{other}的可能性更大（{q}）。",
        "Given the number of observations, grade {grade} is {word} ({p}); {other} is more likely ({q}).",
    ),
    "feedback.certain.almost": ("几乎可以确定", "almost certain"),
    "feedback.certain.likely": ("很可能成立", "very likely"),
    "feedback.certain.fair": ("较可能成立", "likely"),
    "feedback.certain.open": ("并不确定", "uncertain"),
    "feedback.standing.contested": (
        "这一等级只取决于权重的选择，换成其他允许的权重可能不同，标为“有争议”。",
        "This grade depends on the choice of weights alone and could differ under other admissible ones: it is marked contested.",
    ),
    "feedback.standing.unassessed": (
        "{reason}。本期没有得分、等级和名次。",
        "{reason}. There is no score, grade or rank for this period.",
    ),
    # A veto, worded by rule
    "feedback.veto.heading": ("等级怎样确定", "How the grade was set"),
    "feedback.veto.case": (
        "案件{case}：状态“{status}”，决定日期{day}。",
        "Case {case}: status “{status}”, decided on {day}.",
    ),
    "feedback.veto.rule": (
        "按一票否决规则（方法论§3.2），{period}的等级为{grade}，不参加排名。综合得分仍是各项贡献之和。",
        (
            "By the rule of the one-vote veto (methodology §3.2) the grade for {period} is {grade}, without a rank. "
            "The score remains the sum of the contributions."
        ),
    ),
    "feedback.veto.appeal": (
        "对这一记录可以申诉，期限和方式见下文；申诉成立的，恢复按得分确定的等级。",
        "This record can be appealed, as said below; if the appeal is upheld, the grade follows from the score again.",
    ),
    # The sandwich
    "feedback.affirm.heading": ("一、肯定", "1 · What went well"),
    "feedback.kept.heading": ("一、保持", "1 · What was kept up"),
    "feedback.gap.heading": ("二、差距", "2 · The largest gap"),
    "feedback.headroom.heading": ("二、余量", "2 · Where there is least to spare"),
    "feedback.direction.heading": ("三、下一步", "3 · Next step"),
    "feedback.named.period": ("{kpi}（{period}）", "{kpi} ({period})"),
    "feedback.said.target": (
        "{kpi}为{value}，目标{target}，完成率{attainment}。",
        "{kpi}: {value} against a target of {target}, {attainment} attained.",
    ),
    "feedback.said.plain": (
        "{kpi}为{value}，按规则得{points}分。",
        "{kpi}: {value}, for which the rules give {points} points.",
    ),
    "feedback.said.adjusted": (
        "原始值{raw}，计分按{value}，原因见说明。",
        "As measured {raw}, scored as {value}: see the notes.",
    ),
    "feedback.change.up": ("比{reference}提高{amount}{size}。", "Up {amount} on {reference}{size}."),
    "feedback.change.down": ("比{reference}降低{amount}{size}。", "Down {amount} on {reference}{size}."),
    "feedback.change.level": ("与{reference}持平。", "Unchanged from {reference}."),
    "feedback.change.real": ("，超出偶然波动", ", more than chance would bring"),
    "feedback.change.noise": ("，在偶然波动之内", ", within what chance brings"),
    "feedback.affirm.worth": (
        "与刚好达标相比，为综合得分多贡献{worth}分。",
        "It adds {worth} points to the score over a result exactly on target.",
    ),
    "feedback.affirm.below": (
        "这是进步；仍低于目标，与刚好达标相比综合得分少{worth}分。",
        "That is progress; it is still below target and costs {worth} points of the score.",
    ),
    "feedback.affirm.also": ("另外达到目标的有：{kpis}。", "Also on or above target: {kpis}."),
    "feedback.gap.worth": (
        "与刚好达标相比，综合得分少{worth}分，是影响最大的一项。",
        "It costs {worth} points of the score against a result on target, the most of any indicator.",
    ),
    "feedback.gap.also": ("另外低于目标的有：{kpis}。", "Also below target: {kpis}."),
    "feedback.also_more": ("其余{rest}项", "{rest} more"),
    "feedback.kept.none": (
        "本期没有达到目标或改善超出偶然波动的指标。",
        "No indicator reached its target or improved by more than chance would bring.",
    ),
    "feedback.kept.held": (
        "{kpi}保持在{value}，完成率{attainment}。",
        "{kpi} held at {value}, {attainment} attained.",
    ),
    "feedback.kept.held_plain": ("{kpi}保持在{value}。", "{kpi} held at {value}."),
    "feedback.kept.highest": (
        "完成率最高的是{kpi}：{value}，完成率{attainment}。",
        "The highest attainment is that of {kpi}: {value}, {attainment} attained.",
    ),
    "feedback.kept.highest_plain": (
        "得分最高的是{kpi}：{value}。",
        "The highest points are those of {kpi}: {value}.",
    ),
    "feedback.headroom.none": ("没有低于目标的计分指标。", "No scored indicator is below target."),
    "feedback.headroom.least": ("以下一项的余量最小：", "This one has least to spare:"),
    "feedback.direction.step": ("{step}。", "{step}."),
    "feedback.direction.deliverable": ("交付物：{deliverable}。", "Deliverable: {deliverable}."),
    "feedback.direction.due": (
        "期限：{due}。届时经理与本人一起对照交付物和{kpi}检查，目标{target}。",
        "Due {due}. Manager and employee then look at the deliverable and at {kpi} together, against the target of {target}.",
    ),
    "feedback.direction.due_plain": (
        "期限：{due}。届时经理与本人一起对照交付物和{kpi}检查。",
        "Due {due}. Manager and employee then look at the deliverable and at {kpi} together.",
    ),
    "feedback.direction.keep": (
        "这项行动用来守住余量。",
        "The step is there to keep what there is to spare.",
    ),
    "feedback.direction.none": (
        "行动目录里没有{kpi}：请经理在“经理的话”中写明行动、交付物和日期，不晚于{due}。",
        "The catalogue has no step for {kpi}: the manager writes step, deliverable and date into “The manager's words”, no later than {due}.",
    ),
    # The path to the next grade
    "feedback.path.heading": ("到下一等级还差什么", "What would reach the next grade"),
    "feedback.path.best": ("已是最高等级。", "This is the best grade there is."),
    "feedback.path.veto": (
        "等级由一票否决规则确定，不从得分推算路径。",
        "The grade follows from the rule of the veto; no path is worked out from the score.",
    ),
    "feedback.path.unassessed": (
        "本期没有得分，不推算路径。",
        "Without a score no path is worked out.",
    ),
    "feedback.path.open": ("期间关账后给出。", "This follows once the period is closed."),
    "feedback.path.needed": (
        "从{now}到{next}需要{needed}分，还差{gap}分。",
        "From {now} to {next} takes {needed} points: {gap} more.",
    ),
    "feedback.path.forced": (
        "等级有名额限制，所需得分会随他人的得分变动。",
        "Places in a grade are limited, so the points needed move with the scores of others.",
    ),
    "feedback.path.single": (
        "最小的可行变化是一项：{change}，其他各项不变。",
        "The smallest feasible change is one indicator: {change}, all else unchanged.",
    ),
    "feedback.path.several": (
        "没有一项单独足够，最小的可行组合是：{change}，其他各项不变。",
        "No indicator alone is enough; the smallest feasible combination is {change}, all else unchanged.",
    ),
    "feedback.path.many": (
        "要{count}项同时提高才够，一期之内不容易，宜分几期来做：{change}，其他各项不变。",
        "It takes {count} indicators at once, which is a lot for one period, so plan for several: {change}, all else unchanged.",
    ),
    "feedback.path.beyond": (
        "在同岗位有过的水平之内，没有变化足以达到；按计分规则需要：{change}。",
        "Nothing within what people in this role have reached would be enough; by the rules it would take {change}.",
    ),
    "feedback.path.impossible": (
        "即使各项都得最高分，也达不到{next}。",
        "Even with the most points on every indicator, {next} would not be reached.",
    ),
    "feedback.path.change": ("{kpi}从{value}到{needed}", "{kpi} from {value} to {needed}"),
    "feedback.path.likely": (
        "按本人过去的波动，下一期达到{kpi}{needed}的可能性约{p}。",
        "Judging by past variation, the chance of {kpi} at {needed} next time is about {p}.",
    ),
    "feedback.path.likely_small": (
        "按本人过去的波动，下一期达到{kpi}{needed}的可能性低于1%。",
        "Judging by past variation, the chance of {kpi} at {needed} next time is below 1%.",
    ),
    "feedback.path.likely_unknown": (
        "{kpi}没有足够的个人历史，无法估计可能性。",
        "There is too little personal history of {kpi} to say how likely that is.",
    ),
    "feedback.path.hardest": (
        "其中最难的一步：按本人过去的波动，下一期达到{kpi}{needed}的可能性约{p}。",
        "Its hardest part, judging by past variation: the chance of {kpi} at {needed} next time is about {p}.",
    ),
    "feedback.path.hardest_small": (
        "其中最难的一步：按本人过去的波动，下一期达到{kpi}{needed}的可能性低于1%。",
        "Its hardest part, judging by past variation: the chance of {kpi} at {needed} next time is below 1%.",
    ),
    "feedback.path.shared": (
        "{kpi}是共同的数，要与他人一起达成。",
        "{kpi} is a shared figure, to be reached together with others.",
    ),
    # Trend
    "feedback.trend.heading": ("趋势", "Trend"),
    "feedback.trend.score": ("得分", "Score"),
    "feedback.trend.grade": ("等级", "Grade"),
    "feedback.trend.up": ("本期比{before}高{points}分。", "Up {points} points on {before}."),
    "feedback.trend.down": ("本期比{before}低{points}分。", "Down {points} points on {before}."),
    "feedback.trend.level": ("本期与{before}相同。", "Unchanged from {before}."),
    "feedback.trend.range": (
        "{count}期中最高{best}（{best_period}），最低{worst}（{worst_period}）。",
        "Of {count} periods the best is {best} ({best_period}), the lowest {worst} ({worst_period}).",
    ),
    "feedback.trend.unassessed": ("本期没有得分。", "There is no score for this period."),
    "feedback.trend.none": (
        "没有以前期间的得分可比。",
        "There is no score of an earlier period to compare with.",
    ),
    # Why the score moved
    "feedback.moved.said": (
        "与{before}相比的变化由这几部分组成，相加不差：{parts}。",
        "The change since {before} is made of these parts, which add up exactly: {parts}.",
    ),
    "feedback.moved.part": ("{cause}{points}分", "{cause} {points}"),
    "feedback.moved.actuals": ("实际数字", "actual figures"),
    "feedback.moved.targets": ("目标", "targets"),
    "feedback.moved.weights": ("权重", "weights"),
    "feedback.moved.curves": ("计分方式", "curves"),
    "feedback.moved.adjustments": ("校正", "adjustments"),
    "feedback.moved.veto": ("一票否决", "veto"),
    "feedback.moved.rules": ("其他规则", "other rules"),
    # Lines
    "feedback.lines.heading": ("得分怎样算出", "How the score is made"),
    "feedback.lines.caption": (
        "原始数字得出值，值与目标得出完成率，完成率换成得分；得分 × 权重 = 贡献，贡献之和即综合得分。",
        "Raw numbers give the value, value and target the attainment, attainment the points; points × weight = contribution, and the contributions add up to the score.",
    ),
    "feedback.lines.part": ("{kpi}（{team}，{role}）", "{kpi} ({team}, {role})"),
    "feedback.lines.earlier": ("此前各期", "Earlier periods"),
    "feedback.lines.remark": ("{kpi}（{remark}）", "{kpi} ({remark})"),
    # Notes
    "feedback.notes.heading": ("说明", "Notes"),
    "feedback.notes.duty": (
        "期间内有不计在岗的日子：按在岗天数考核，目标相应折算。",
        "Some days of the period were not on duty: assessed on the days on duty; targets pro-rated.",
    ),
    "feedback.notes.parts": (
        "期间内团队或岗位有变动：各段按时间分别计入。",
        "Team or role changed within the period: each part counts by its time.",
    ),
    "feedback.notes.carried": (
        "{kpis}不是本期的数，沿用{period}。",
        "{kpis}: not a figure of this period, carried from {period}.",
    ),
    "feedback.notes.redistributed": (
        "没有数据的指标不按零分计：{kpis}的权重转给了同一维度的其他指标。",
        "What has no data does not count as zero: the weight of {kpis} went to the other indicators of its dimension.",
    ),
    "feedback.notes.shrunk": (
        "{kpis}的样本较少，计分时向同岗位的平均值靠拢。",
        "{kpis}: few observations, so the value scored leans towards the mean of the role.",
    ),
    "feedback.notes.corrected": (
        "{kpis}是主观评分，已校正评分人的宽严差异。",
        "{kpis}: ratings, corrected for how lenient each rater is.",
    ),
    "feedback.notes.uncalibrated": (
        "{kpis}的评分太少，没有校正评分人的宽严差异，看时请留意。",
        "{kpis}: too few ratings to correct for lenient or strict raters; read them with care.",
    ),
    "feedback.notes.gated": (
        "有一项低于底线，因此其他各项最多按100分计。",
        "One indicator lies below its floor, which holds the others at 100 points at most.",
    ),
    "feedback.notes.running": (
        "期间尚未结束，数字会继续变动，不与整期比较。",
        "The period is not over: figures will still move and are not compared with whole periods.",
    ),
    # Words and signatures
    "feedback.words.manager": ("经理的话", "The manager's words"),
    "feedback.words.manager_prompt": (
        "点击此处填写：哪些做法起了作用，需要什么支持，双方还约定了什么。",
        "Click here and write: which practice worked, what support is needed, what else was agreed.",
    ),
    "feedback.words.employee": ("本人的话", "The employee's words"),
    "feedback.words.employee_prompt": (
        "点击此处填写：本人的看法、遇到的困难和希望得到的支持。",
        "Click here and write: your own view, what was difficult, and the support you would like.",
    ),
    "feedback.words.where": (
        "请在旁边的Word文件（feedback.docx）中填写和签字；重新生成时，已写的话会保留。",
        "Write and sign in the Word file beside this page (feedback.docx); what was written is kept when it is made again.",
    ),
    "feedback.sign.heading": ("签字与申诉", "Signatures and appeal"),
    "feedback.sign.employee": ("本人签字", "Employee"),
    "feedback.sign.manager": ("经理签字", "Manager"),
    "feedback.sign.date": ("日期", "Date"),
    "feedback.sign.text": (
        "签字表示已经面谈并读过本表，不表示同意等级。请双方在关账后{days}天内签字，即{day}前（含当天，遇休息日顺延）。",
        (
            "Signing says that the talk took place and the sheet was read, not that the grade is agreed. Both sign within {days} days "
            "of the closing day: by {day} (that day included; a day off moves to the next working day)."
        ),
    ),
    "feedback.appeal.text": (
        "任何等级都可以申诉：在关账后{days}天内，即{day}前（含当天），向人力资源部门书面提出，写明对哪一项、哪个数字有异议和理由，并附上凭据。申诉成立的，作为有日期的记录保存，并重新计算受影响的得分、等级及以此为依据的结果。",
        (
            "Any grade can be appealed within {days} days of the closing day, by {day} (that day included): write to human resources which "
            "line and which figure you object to and why, with what supports it. An upheld appeal is kept as a dated "
            "record, and the scores, grades and whatever rests on them are worked out again."
        ),
    ),
    "feedback.open.sign": (
        "期间关账后再签字；签字和申诉的期限从{day}起算。",
        "Sign once the period is closed; the days for signing and appeal run from {day}.",
    ),
    # Small print
    "feedback.small.evidence": (
        "“肯定”和“差距”按固定规则从本人的数字中选出。肯定：达到目标且加分最多的一项，先看个人的数，再看共同的数；没有达标的，取改善超出偶然波动（单侧95%）的一项；仍没有的，写保持住的一项。差距：扣分最多的一项。校正过的数，校正前后都在目标的同一侧才用；沿用的数写明是哪个期间，样本不足的数不用。",
        (
            "What is affirmed and what is called a gap is chosen from the person's own figures by a fixed rule. Affirmed: of what reached its target "
            "the one that adds most, own figures before shared ones; else an improvement beyond chance (one-sided, "
            "95%); else what held. Gap: the one that costs most. A figure that was adjusted is used only if it lies on the "
            "same side of target before and after; a carried one names its period, and one with too few observations is not used."
        ),
    ),
    "feedback.small.reproduce": ("如何重现", "How to reproduce"),
}
