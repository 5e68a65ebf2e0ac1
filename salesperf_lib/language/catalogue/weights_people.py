"""Words of a study of weights about people: who overtakes whom, whom weights favour, what decides, and how."""

# ruff: noqa: E501 (wide characters count twice)

ENTRIES: dict[str, tuple[str, str]] = {
    # Who overtakes whom
    "weights.pairs.heading": ("谁会超过谁", "Who overtakes whom"),
    "weights.pairs.nobody": (
        "按得分评级的不到两人，没有名次可比。",
        "Fewer than two people are graded by a score: there is no ranking to compare.",
    ),
    "weights.pairs.many": (
        "共{count}人，人数超过{most}时不再逐对比较；请选一个团队，看团队内的名次。",
        "{count} people are too many to compare pair by pair (at most {most}). Choose a team to see the ranks inside it.",
    ),
    "weights.pairs.settled": (
        "名次站得住：名次相邻的人，在所有比较过的可选权重下，先后都不变。",
        "Ranks hold: no two neighbours in the ranking change places under any of the weightings compared.",
    ),
    "weights.pairs.open_most": (
        "一两个名次的高低不宜当真：{count}对名次相邻的人中，有{open}对换一套可选权重先后就可能颠倒，其中{often}对至少有二十分之一的可选权重会颠倒。最难分先后的是：{pairs}。",
        "Do not read much into a single rank: of {count:pair|pairs} of neighbours in the ranking, {open} change places under some admissible weighting, {often} of them under at least one in twenty. The closest calls: {pairs}.",
    ),
    "weights.pairs.open": (
        "名次大多站得住：{count}对名次相邻的人中，只有{open}对换一套可选权重先后可能颠倒，其中{often}对至少有二十分之一的可选权重会颠倒。最难分先后的是：{pairs}。",
        "Most ranks hold: of {count:pair|pairs} of neighbours in the ranking, only {open:changes|change} places under some admissible weighting, {often} of them under at least one in twenty. The closest calls: {pairs}.",
    ),
    "weights.pairs.between": ("；", "; "),
    "weights.pairs.ahead": (
        "{first}在{share}的可选权重下排在{second}前面",
        "{first} is ahead of {second} under {share} of the weightings",
    ),
    "weights.pairs.behind": (
        "{first}现在排在{second}前面，但只有{share}的可选权重如此",
        "{first} is ahead of {second} now, but only under {share} of the weightings",
    ),
    "weights.pairs.shared": (
        "{first}与{second}现在并列，{first}在{share}的可选权重下排在前面",
        "{first} and {second} share a rank now; {first} is ahead under {share} of the weightings",
    ),
    "weights.pairs.level": (
        "另有{count}对，无论用哪套可选权重都分不出先后。",
        "{count:pair is|pairs are} level under every weighting.",
    ),
    "weights.pairs.near": (
        "现行权重没有让谁的名次明显占便宜或吃亏：每个人的名次与其平均名次（在所有可选权重下）相差都不到一位。",
        "The weights in force give nobody a markedly better or worse rank: everybody's is less than one place away from their average rank over all admissible weightings.",
    ),
    "weights.pairs.far": (
        "现行权重让{count}人的名次占便宜或吃亏，与其平均名次（在所有可选权重下）相差一位或以上：{names}。",
        "The weights in force lift or lower {count:person|people} by a whole rank or more, compared with their average rank over all admissible weightings: {names}.",
    ),
    "weights.pairs.one": (
        "{name}（现第{rank}名，平均{expected}）",
        "{name} (now {rank}, on average {expected})",
    ),
    "weights.pairs.rest": ("另有{count}人，见名次表。", "{count:other is|others are} in the list of ranks."),
    "weights.pairs.everybody": ("每个人的现名次与平均名次", "Everybody's rank now and on average"),
    "weights.pairs.caption": (
        "最难分先后的{count}对名次相邻者，最难分的在前",
        "The closest calls among neighbours in the ranking ({count:pair|pairs}), the closest first",
    ),
    "weights.pairs.note": (
        "平均名次是同一个人在所有可选权重下名次的平均。并列时，各人的名次都计为所占名次的平均。先后按未取整的得分比较。",
        "An average rank is the mean of a person's ranks over all admissible weightings; a tie counts as the mean of the ranks it takes. People are compared by unrounded scores.",
    ),
    "weights.pairs.exact": (
        "比例由公式算出，没有抽样误差。",
        "Shares are worked out by formula, without drawing.",
    ),
    "weights.pairs.table.first": ("现在在前", "Ahead now"),
    "weights.pairs.table.second": ("现在在后", "Behind now"),
    "weights.pairs.table.rank": ("名次", "Rank"),
    "weights.pairs.table.apart": ("相差（分）", "Apart (points)"),
    "weights.pairs.table.share": ("前者在前的权重", "Weightings with the first ahead"),
    "weights.pairs.table.name": ("姓名", "Name"),
    "weights.pairs.table.team": ("团队", "Team"),
    "weights.pairs.table.expected": ("平均名次", "Average rank"),
    "weights.pairs.table.moved": (
        "相差（正数：现行权重对其有利）",
        "Difference (positive: the weights in force help)",
    ),
    "weights.pairs.table.now": ("现名次", "Now"),
    "weights.pairs.table.place": ("第{rank}名", "Rank {rank}"),
    "weights.pairs.team.heading": ("团队内的名次", "Ranks inside a team"),
    "weights.pairs.team.none": (
        "没有等级有争议，所以没有挑出团队；可以指定一个团队查看。",
        "No grade is contested, so no team is picked out; name one to see its ranks.",
    ),
    "weights.pairs.team.many": (
        "{team}有{count}人，超过{most}人的名次表无法阅读；请看各人得到各等级的权重比例。",
        "{team} has {count:person|people}; a table of ranks of more than {most} cannot be read. See the shares of grades instead.",
    ),
    "weights.pairs.team.leader": (
        "{team}的第一名不受权重影响：无论抽到哪套权重，都是{name}。",
        "Who is first in {team} does not depend on the weights: {name}, under every weighting drawn.",
    ),
    "weights.pairs.team.first": (
        "{team}谁是第一取决于权重，在抽到的权重中有{count}人得过第一：{names}。",
        "Who is first in {team} depends on the weights; among those drawn {count} people are first under some: {names}.",
    ),
    "weights.pairs.team.share": ("{name}（{share}的权重）", "{name} ({share} of the weightings)"),
    "weights.pairs.team.open": (
        "名次最不确定的是{name}：在抽到的权重中，从第{best}名到第{worst}名，最常见的名次占{most}的权重。",
        "The least certain rank is that of {name}: from {best} to {worst} among the weightings drawn, the likeliest under {most} of the weightings.",
    ),
    "weights.pairs.team.choice": (
        "这里展示{team}，因为它取决于权重的等级最多（{count}个）；几个团队一样多时，取其中等级最不确定的一个。",
        "{team} is shown because it has the most grades that depend on the weights ({count}); of teams with as many, the one with the least certain grade is taken.",
    ),
    "weights.pairs.team.caption": (
        "{team}：各人在团队内得到各名次的权重比例（空白：抽到的权重都不给这个名次）",
        "{team}: share of the weightings with each rank inside the team (empty: no weighting drawn gives it)",
    ),
    # Whom the weights favour
    "weights.balance.heading": ("权重偏向谁", "Whom the weights favour"),
    "weights.balance.nobody": ("这个期间没有人按得分评级。", "Nobody is graded by a score in this period."),
    "weights.balance.slight.role": (
        "怎么定权重，对各岗位的影响略有不同。",
        "The choice of weights matters to roles slightly differently.",
    ),
    "weights.balance.slight.tenure": (
        "怎么定权重，对新老员工的影响略有不同。",
        "The choice of weights matters to new and long-serving people slightly differently.",
    ),
    "weights.balance.marked.role": (
        "怎么定权重，对各岗位的影响明显不同。",
        "The choice of weights matters to roles very differently.",
    ),
    "weights.balance.marked.tenure": (
        "怎么定权重，对新老员工的影响明显不同。",
        "The choice of weights matters to new and long-serving people very differently.",
    ),
    "weights.balance.most.role": (
        "最可能得益的岗位是{gainer}：权重取{weights_best}时，其平均分相对全公司比现在高{gain}分；最可能吃亏的是{loser}：权重取{weights_worst}时，其平均分相对全公司比现在低{loss}分。",
        "The role that could gain most is {gainer}: {gain} points on the company's mean score, with {weights_best}. The role that could lose most is {loser}: {loss} points, with {weights_worst}.",
    ),
    "weights.balance.most.tenure": (
        "最可能得益的是司龄{gainer}的人：权重取{weights_best}时，其平均分相对全公司比现在高{gain}分；最可能吃亏的是司龄{loser}的人：权重取{weights_worst}时，其平均分相对全公司比现在低{loss}分。",
        "Those who have been with the company for {gainer} could gain most: {gain} points on the company's mean score, with {weights_best}. Those with {loser} could lose most: {loss} points, with {weights_worst}.",
    ),
    "weights.balance.same.role": (
        "得失最大的都是{gainer}：权重取{weights_best}时，其平均分相对全公司比现在高{gain}分；取{weights_worst}时，比现在低{loss}分。",
        "One role has most to gain and most to lose, {gainer}: with {weights_best} it gains {gain} points on the company's mean score, with {weights_worst} it loses {loss}.",
    ),
    "weights.balance.same.tenure": (
        "得失最大的都是司龄{gainer}的人：权重取{weights_best}时，其平均分相对全公司比现在高{gain}分；取{weights_worst}时，比现在低{loss}分。",
        "Those who have been with the company for {gainer} have most to gain and most to lose: with {weights_best} they gain {gain} points on the company's mean score, with {weights_worst} they lose {loss}.",
    ),
    "weights.balance.effect.role": (
        "换成等级：最有利时，{gainer}有{up_best}人上升、{down_best}人下降；最不利时，{loser}有{up_worst}人上升、{down_worst}人下降。",
        "In grades: at its best weights {gainer} has {up_best} going up and {down_best} going down; at its worst weights {loser} has {up_worst} going up and {down_worst} going down.",
    ),
    "weights.balance.effect.tenure": (
        "换成等级：最有利时，司龄{gainer}的有{up_best}人上升、{down_best}人下降；最不利时，司龄{loser}的有{up_worst}人上升、{down_worst}人下降。",
        "In grades: at their best weights {up_best} of those with {gainer} go up and {down_best} down; at their worst weights {up_worst} of those with {loser} go up and {down_worst} down.",
    ),
    "weights.balance.effect_same.role": (
        "换成等级：最有利时有{up_best}人上升、{down_best}人下降，最不利时有{up_worst}人上升、{down_worst}人下降。",
        "In grades: {up_best} go up and {down_best} down at its best weights, {up_worst} up and {down_worst} down at its worst.",
    ),
    "weights.balance.effect_same.tenure": (
        "换成等级：最有利时有{up_best}人上升、{down_best}人下降，最不利时有{up_worst}人上升、{down_worst}人下降。",
        "In grades: {up_best} go up and {down_best} down at their best weights, {up_worst} up and {down_worst} down at their worst.",
    ),
    "weights.balance.interest.role": (
        "所以，如果委员会主要由{gainer}的人组成，定权重就关系到他们自己的得分；宜由各岗位的人共同决定。",
        "A committee drawn mainly from {gainer} would have an interest of its own in the choice; let people of all roles decide together.",
    ),
    "weights.balance.interest.tenure": (
        "所以，如果委员会主要由司龄{gainer}的人组成，定权重就关系到他们自己的得分；宜由新老员工共同决定。",
        "A committee drawn mainly from those with {gainer} would have an interest of its own in the choice; let new and long-serving people decide together.",
    ),
    "weights.balance.one.role": (
        "所有人都是同一个岗位，谈不上权重偏向哪个岗位。",
        "Everybody has the same role: weights cannot favour one over another.",
    ),
    "weights.balance.one.tenure": (
        "所有人都在同一个司龄段，谈不上权重偏向新员工还是老员工。",
        "Everybody belongs to the same tenure group: weights cannot favour one over another.",
    ),
    "weights.balance.small.role": (
        "没有岗位达到{least}人：下表是个人的得失，不能说权重偏向哪个岗位。",
        "No role has {least} people: the table is about persons, and does not say that weights favour a role.",
    ),
    "weights.balance.small.tenure": (
        "没有司龄段达到{least}人：下表是个人的得失，不能说权重偏向新员工还是老员工。",
        "No tenure group has {least} people: the table is about persons, and does not say that weights favour one.",
    ),
    "weights.balance.none.role": (
        "权重怎么定对各岗位都一样：没有哪个岗位的平均分相对全公司会变0.01分。",
        "Roles have nothing at stake in the weights: the mean score of none moves against the company's by 0.01 points.",
    ),
    "weights.balance.none.tenure": (
        "权重怎么定对新老员工都一样：没有哪个司龄段的平均分相对全公司会变0.01分。",
        "Tenure groups have nothing at stake in the weights: the mean score of none moves against the company's by 0.01 points.",
    ),
    "weights.balance.note": (
        "得失：该组平均分与全公司平均分之差，比现行权重下变了多少。比较的是可选权重的各个顶点，即每个维度的权重能偏到的最远处；维度内的指标权重不变。{top}的占比按那里的权重重新评级。不足{least}人的组只列在表中，不作结论：那是个人的得失，不是一个群体的。",
        "Gains and losses: by how much the group's mean score moves against the company's, from what it is now. Compared are the corners of the admissible weights, where the balance leans as far as it may; weights inside the dimensions stay. Shares of {top} are those of grades given anew there. Groups of fewer than {least} people are in the table only: their figures are about persons, not about a group.",
    ),
    "weights.balance.best_of": ("{group}：最有利的权重", "{group}: best weights"),
    "weights.balance.worst_of": ("{group}：最不利的权重", "{group}: worst weights"),
    "weights.balance.alt": (
        "各组在最有利和最不利的可选权重下，平均分相对全公司的得失。{said}",
        "Gains and losses of each group on the company's mean score, under the admissible weights that suit it best and least. {said}",
    ),
    "weights.balance.caption.role": (
        "每个岗位最有利与最不利的可选权重（依次为业绩/过程/潜力，%）",
        "The admissible weights that suit each role best and least (result / process / potential, %)",
    ),
    "weights.balance.caption.tenure": (
        "每个司龄段最有利与最不利的可选权重（依次为业绩/过程/潜力，%）",
        "The admissible weights that suit each tenure group best and least (result / process / potential, %)",
    ),
    "weights.balance.tenure.under_1y": ("不满1年", "less than 1 year"),
    "weights.balance.tenure.from_1_to_3y": ("1至3年", "1 to 3 years"),
    "weights.balance.tenure.over_3y": ("3年以上", "3 years or more"),
    "weights.balance.tenure.unknown": ("不详", "an unknown time"),
    "weights.balance.table.role": ("岗位", "Role"),
    "weights.balance.table.tenure": ("司龄", "Time in the company"),
    "weights.balance.table.people": ("人数", "People"),
    "weights.balance.table.score": ("现平均分", "Mean score now"),
    "weights.balance.table.gain_best": ("最有利时得失（分）", "At best (points)"),
    "weights.balance.table.weights_best": (
        "此时权重",
        "At weights",
    ),
    "weights.balance.table.gain_worst": ("最不利时得失（分）", "At worst (points)"),
    "weights.balance.table.weights_worst": (
        "此时权重",
        "At weights",
    ),
    "weights.balance.table.top": ("现在{top}占比", "{top} now"),
    "weights.balance.table.top_best": ("最有利时{top}占比", "{top} at best"),
    "weights.balance.table.top_worst": ("最不利时{top}占比", "{top} at worst"),
    # What decides
    "weights.sensitivity.heading": ("什么决定谁得{top}", "What decides who is graded {top}"),
    "weights.sensitivity.nobody": (
        "这个期间没有人按得分评级。",
        "Nobody is graded by a score in this period.",
    ),
    "weights.sensitivity.fixed": (
        "谁得{top}是确定的：可选的权重和测量误差都改变不了。",
        "Who is graded {top} is certain: neither admissible weights nor measurement noise change it.",
    ),
    "weights.sensitivity.so.noise": (
        "要让{top}级评得更准，该改进的是测量（期间更长、数据更多），而不是权重。",
        "To make the grade {top} firmer, improve the measurement (longer periods, more data) rather than the weights.",
    ),
    "weights.sensitivity.so.dimension_weights": (
        "谁得{top}，首先要看三个维度的权重怎么定。",
        "Who is graded {top} is first of all a question of the dimension weights.",
    ),
    "weights.sensitivity.so.sub_weights": (
        "谁得{top}，首先要看维度内各指标的权重怎么定。",
        "Who is graded {top} is first of all a question of the weights inside the dimensions.",
    ),
    "weights.sensitivity.so.rule": (
        "谁得{top}，首先要看用哪种评级规则；先定规则，再谈权重。",
        "Who is graded {top} is first of all a question of the rule of grades: settle it before the weights.",
    ),
    "weights.sensitivity.most": (
        "谁得{top}的差别，{driver}单独就占{first}，连同与其他因素的共同作用占{total}。",
        "Of the differences in who is graded {top}, {first} come from {driver} alone, and {total} with its part in joint effects.",
    ),
    "weights.sensitivity.rest": (
        "其余因素单独的作用（括号内连同共同作用）：{drivers}。",
        "The others alone (in brackets with joint effects): {drivers}.",
    ),
    "weights.sensitivity.also": ("{driver}{first}（{total}）", "{driver} {first} ({total})"),
    "weights.sensitivity.driver.dimension_weights": ("三个维度的权重", "dimension weights"),
    "weights.sensitivity.driver.sub_weights": ("维度内指标的权重", "weights inside dimensions"),
    "weights.sensitivity.driver.noise": ("测量误差", "measurement noise"),
    "weights.sensitivity.driver.rule": ("评级规则", "the rule of grades"),
    "weights.sensitivity.method": (
        "各因素互不相干地随机变化，看谁得{top}随之变化多少（Sobol指数，全体合计）。“单独”是只有它变时的作用；“连同共同作用”还算上它与别的因素一起造成的变化，所以各项相加会超过100%。数字是估计值，误差约两个百分点。",
        "Everything varies at random and independently; the figures say how much of the change in who is graded {top} is due to what (Sobol indices, over all people). Alone: when nothing else varies. With joint effects: also counting what it does together with others, so the figures add up to more than 100%. They are estimates, good to about two percentage points.",
    ),
    "weights.sensitivity.rule": (
        "评级规则：一半用现行分数线，一半用强制分布方案的固定比例。",
        "The rule of grades: half the time the thresholds in force, half the time the fixed shares of the forced distribution scenario.",
    ),
    "weights.sensitivity.caption": (
        "谁得{top}的差别从哪里来",
        "Where differences in who is graded {top} come from",
    ),
    "weights.sensitivity.table.driver": ("因素", "What varies"),
    "weights.sensitivity.table.first": ("单独", "Alone"),
    "weights.sensitivity.table.total": ("连同共同作用", "With joint effects"),
    "weights.sensitivity.source.weights": ("换一套权重", "Other weights"),
    "weights.sensitivity.source.noise": ("重新测一次", "Measuring again"),
    "weights.sensitivity.flips_noise": (
        "测量误差比权重让更多人的等级不确定：{count}人中，因测量误差而不确定的{noise}人，因权重的{weights}人，两者至少占一样的{either}人。不确定：等级在超过{most}的抽样里会变。",
        "Noise leaves more grades uncertain than weights do: of {count:person|people}, {noise} because of noise, {weights} because of weights, {either} because of at least one of them. Uncertain: another grade in more than {most} of the draws.",
    ),
    "weights.sensitivity.flips_weights": (
        "权重比测量误差让更多人的等级不确定：{count}人中，因权重而不确定的{weights}人，因测量误差的{noise}人，两者至少占一样的{either}人。不确定：等级在超过{most}的抽样里会变。",
        "Weights leave more grades uncertain than noise does: of {count:person|people}, {weights} because of weights, {noise} because of noise, {either} because of at least one of them. Uncertain: another grade in more than {most} of the draws.",
    ),
    "weights.sensitivity.flips_same": (
        "权重和测量误差让一样多人的等级不确定：{count}人中，因权重而不确定的{weights}人，因测量误差的{noise}人，两者至少占一样的{either}人。不确定：等级在超过{most}的抽样里会变。",
        "Weights and noise leave as many grades uncertain: of {count:person|people}, {weights} because of weights, {noise} because of noise, {either} because of at least one of them. Uncertain: another grade in more than {most} of the draws.",
    ),
    # Which weights give which grade
    "weights.central.heading": ("什么样的权重给什么等级", "Which weights give which grade"),
    "weights.central.nobody": (
        "没有等级有争议，所以没有典型权重可列。",
        "No grade is contested, so there are no typical weights to show.",
    ),
    "weights.central.meaning": (
        "下表说明权重偏向哪边，等级就会是哪个：对每个等级取决于权重的人，列出让此人得到各等级的典型权重，即给出该等级的所有可选权重的平均。这不是建议采用的权重。",
        "The table tells which way weights lean when a grade comes out one way or the other: for everybody whose grade depends on the weights, the typical weights for which this person gets that grade, the mean of all admissible weightings that give it. They are not weights to be adopted.",
    ),
    "weights.central.example": (
        "例如，{name}现为{now}；{all}套权重中有{draws}套给{grade}，平均为{weights}（现行：{decided}）。用这组权重、把指标重新测一次，有{confidence}的可能得{grade}。",
        "For example, {name} is graded {now}; {draws} of {all} weightings give {grade}, on average {weights} (in force: {decided}). With these weights and everything measured again, {grade} would come out {confidence} of the time.",
    ),
    "weights.central.outside.inside": (
        "有{count}行，典型权重本身并不给出那个等级（标“否”）：在这组权重下，要得到它，维度内的指标权重也得变。",
        "In {count:row|rows} the typical weights do not give the grade by themselves (“no”): at these weights it also takes other weights inside the dimensions.",
    ),
    "weights.central.outside.gap": (
        "有{count}行，典型权重本身并不给出那个等级（标“否”）：给出它的权重中间有缺口。",
        "In {count:row|rows} the typical weights do not give the grade by themselves (“no”): the weights that give it have a gap in their middle.",
    ),
    "weights.central.outside.either": (
        "有{count}行，典型权重本身并不给出那个等级（标“否”）：在这组权重下，要得到它，维度内的指标权重也得变；或者给出它的维度权重中间有缺口。",
        "In {count:row|rows} the typical weights do not give the grade by themselves (“no”): at these weights it also takes other weights inside the dimensions, or the dimension weights that give it have a gap in their middle.",
    ),
    "weights.central.listed": (
        "共{count}人的等级取决于权重，表中是最不确定的{listed}人。",
        "Of the {count} people whose grade depends on the weights, the table has the {listed} least certain.",
    ),
    "weights.central.note": (
        "给出某个等级的权重不一定是凸集：两套权重都给出它，它们的平均却未必给出，所以典型权重可能落在外面；是否给出，按现行的维度内指标权重判断。把握：在典型权重下按测量误差重抽，得到该等级的比例；没有测量误差时只会是0%或100%。给出的权重不足{least}套的等级不列：平均不可靠。",
        "The weights that give a grade need not be convex: the mean of two that do may be one that does not, so typical weights can lie outside. Whether they give the grade is told with the weights inside the dimensions as decided. Confidence: how often the grade comes out under the typical weights when the indicators are redrawn from their noise; 0% or 100% where there is none. Grades given by fewer than {least} weightings are left out: their mean would be too uncertain.",
    ),
    "weights.central.caption": (
        "让每个人得到各等级的典型权重，等级最不确定的人在前",
        "Typical weights for which each person gets each grade, the least certain grades first",
    ),
    "weights.central.table.name": ("姓名", "Name"),
    "weights.central.table.now": ("现等级", "Grade now"),
    "weights.central.table.grade": ("得到", "Gets"),
    "weights.central.table.draws": ("权重套数", "Weightings"),
    "weights.central.table.inside": ("典型权重给出它", "Typical weights give it"),
    "weights.central.table.confidence": ("把握", "Confidence"),
    "weights.central.yes": ("是", "yes"),
    "weights.central.no": ("否", "no"),
}
