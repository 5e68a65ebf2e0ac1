"""Words of the notebook of the calibration meeting."""

# ruff: noqa: E501 (wide characters count twice)

ENTRIES: dict[str, tuple[str, str]] = {
    "meeting.title": ("目标校准会", "Calibration meeting"),
    "meeting.question": (
        "给销售总监、数据分析师和资深成员：外部发生了什么变化，尚未关账月份的目标可以怎样调整，资金缺口有多大？",
        (
            "For the sales director, the data analyst and senior members: what changed outside, what could the "
            "targets of the open months become, and how much of them is not paid for?"
        ),
    ),
    "meeting.looked_back": ("回看至", "Looks back to"),
    "meeting.first": ("目标变动始于", "Targets move from"),
    "meeting.alternative": ("所选方案", "Alternative"),
    "meeting.shock": ("冲击", "Shock"),
    "meeting.shock.value": ("{size}（{origin}）", "{size} ({origin})"),
    "meeting.shock.none": ("没有检出", "none found"),
    "meeting.data": (
        "数据源{source}，{first}至{last}。已关账月份到{closed}为止，其目标不再变动。",
        "Source {source}, {first} to {last}. Months are closed up to {closed}; their targets no longer change.",
    ),
    # What moved outside
    "meeting.shift.heading": ("外部发生了什么", "What moved outside"),
    "meeting.shift.evidence": (
        "纯属偶然出现同样明显突变的概率为{p}；数据不排除的变动月份：{months}。共用{n}个月，已剔除季节。",
        (
            "A step as clear would come up by chance with probability {p}; months that the data do not "
            "rule out: {months}. {n} months, season taken out."
        ),
    ),
    "meeting.shift.range": ("{first}至{last}", "{first} to {last}"),
    "meeting.shift.typed": (
        "会议录入的冲击为{size}，以下按此计算，不用检出值。",
        "The meeting typed a shock of {size}; everything below uses it, not what was found in the data.",
    ),
    "meeting.shift.used": ("以下按检出的{size}计算。", "Everything below uses the {size} that was found."),
    "meeting.shift.again": (
        "注意：记录 {ids} 已经因校准调整过目标，同一冲击不要重复计算。",
        "Records {ids} have already moved targets for a shock; take care not to count the same one twice.",
    ),
    "meeting.shift.nothing": (
        "没有需要校准的冲击。要按假设的幅度试算，请设置 shock，例如 0.3 表示上涨 30%。",
        "There is no shock to calibrate for. To try one, set shock; 0.3 means +30 %.",
    ),
    # Alternatives
    "meeting.proposals.heading": ("可选方案", "The alternatives"),
    "meeting.proposals.lead": (
        "预算不变，单客获客成本变动{size}，同样的钱能带来的新客为原目标的{bought}。",
        "The budget stays. With the price of a new customer at {size}, it buys {bought} of the planned customers.",
    ),
    "meeting.proposals.caption": (
        "{first}至{last}合计，各方案下的公司目标",
        "The company's targets under each alternative, {first} to {last}",
    ),
    "meeting.proposals.name": ("方案", "Alternative"),
    "meeting.proposals.leads": ("获客", "New customers"),
    "meeting.proposals.conversion": ("转化率", "Conversion"),
    "meeting.proposals.order_value": ("客单价", "Order value"),
    "meeting.proposals.sales": ("净销售额目标", "Net sales target"),
    "meeting.proposals.gap": ("资金缺口", "Unfunded gap"),
    "meeting.proposals.share": ("缺口占比", "Share of sales"),
    "meeting.proposals.unsaid": ("{amount}（目标未体现）", "{amount} (not in the target)"),
    "meeting.proposals.moved": ("{amount}（{change}）", "{amount} ({change})"),
    "meeting.proposals.chosen": ("{name}（所选）", "{name} (chosen)"),
    "meeting.proposals.reading": (
        "按校准规则，有{gap}的销售目标没有资金支持，净销售额目标随之下调；维持原目标同样有{keep}没有资金支持，只是没有写明。",
        (
            "By the rule, {gap} of sales are not paid for, and the sales target falls by them. Keeping the targets "
            "leaves {keep} unpaid for as well, without saying so."
        ),
    ),
    "meeting.proposals.relief": (
        "获客变便宜：负的缺口是多出来的余地，目标可以上调。",
        "Customers have become cheaper: a negative gap is room that is left over, and targets may rise.",
    ),
    "meeting.proposals.start": (
        "转化率从最近{n}个月的实际值算起，而不是从目标算起，上限为其历史月份的{quantile}分位：{rates}。",
        (
            "Conversion starts from the actual rates of the last {n} months, not from their targets, and is asked "
            "for no more than the {quantile} quantile of its own months: {rates}."
        ),
    ),
    "meeting.proposals.rate": ("{kpi}{rate}（上限{cap}）", "{kpi} {rate} (cap {cap})"),
    "meeting.proposals.above": (
        "以下指标的目标本来就高于上限，因此保持不变：{rates}。",
        "Targets that already lie above their cap stay as they are: {rates}.",
    ),
    # Before and after
    "meeting.months.heading": ("公司各月目标：调整前后", "The company's months, before and after"),
    "meeting.months.caption": (
        "方案：{name}；只列出有变动的指标",
        "Alternative: {name}; indicators whose targets change",
    ),
    "meeting.months.closed": (
        "{first}之前的月份逐位不变。",
        "Months before {first} stay the same to the last bit.",
    ),
    "meeting.months.none": ("该方案不改变任何目标。", "This alternative changes no target."),
    "meeting.kpi": ("指标", "Indicator"),
    "meeting.month": ("月份", "Month"),
    "meeting.before": ("调整前", "Before"),
    "meeting.after": ("调整后", "After"),
    "meeting.difference": ("变动", "Change"),
    "meeting.total": ("合计", "Total"),
    # Teams
    "meeting.teams.heading": ("对各团队的影响", "What it means for each team"),
    "meeting.teams.caption": (
        "{first}至{last}合计；按原有比例重新分解，各级之和仍等于公司目标",
        "Sums of {first} to {last}, split again in the proportions that held; teams still add up to the company",
    ),
    "meeting.team": ("团队", "Team"),
    "meeting.teams.before": ("{kpi}，调整前", "{kpi}, before"),
    "meeting.teams.after": ("{kpi}，调整后", "{kpi}, after"),
    # Mid-year recalibration
    "meeting.rest.heading": ("年中重估：剩余目标", "Mid-year: the rest of the year's target"),
    "meeting.rest.lead": (
        "前{n}个月完成净销售额{reached}，为同期计划的{attained}。按此水平，全年预计{forecast}，达到全年目标{target}的概率为{p}。",
        (
            "The first {n:month|months} brought {reached}, {attained} of their plan. At this level the year comes to "
            "{forecast}, and reaches its target of {target} with probability {p}."
        ),
    ),
    "meeting.rest.caption": (
        "剩余月份净销售额目标的三种重估，不含上面的外部冲击",
        "Three ways to set the open months' net sales, without the shock above",
    ),
    "meeting.rest.way": ("办法", "Way"),
    "meeting.rest.rest": ("剩余月份目标", "Target of the open months"),
    "meeting.rest.change": ("相对原计划", "Against the plan"),
    "meeting.rest.landing": ("全年落点", "The year then comes to"),
    "meeting.rest.p_hit": ("达成概率", "Chance to reach it"),
    "meeting.rest.naive": ("全部追回", "Catch up in full"),
    "meeting.rest.level": ("按已显示的水平", "By the level shown so far"),
    "meeting.rest.blend": ("计划与水平折中", "Between plan and level"),
    "meeting.rest.none": (
        "本年没有已关账的月份或没有剩余月份，不作重估。",
        "No month of the year is closed, or none is left: nothing is estimated again.",
    ),
    # Targets taken apart
    "meeting.step.below": ("下级目标之和", "given below, summed"),
    "meeting.step.equal": ("平均份额", "equal part"),
    "meeting.step.size": ("按规模", "by its size"),
    "meeting.step.season": ("按季节", "by its season"),
    "meeting.step.promotion": ("大促", "promotions"),
    "meeting.step.phase": ("阶段侧重", "phases"),
    "meeting.step.pins": ("下达目标与上下限", "goals, floors and caps"),
    "meeting.step.rounding": ("取整", "rounding"),
    "meeting.step.amendment": ("自{month}起的校准与修改", "calibrations and edits from {month}"),
    # Ledger
    "meeting.ledger.heading": ("历次决定", "What was decided before"),
    "meeting.ledger.none": ("还没有任何记录。", "Nothing has been recorded yet."),
    "meeting.ledger.caption": (
        "台账只增不改：撤回也是一条新的记录",
        "The ledger is only ever added to: a withdrawal is a record of its own",
    ),
    "meeting.ledger.id": ("编号", "Number"),
    "meeting.ledger.kind": ("类别", "Kind"),
    "meeting.ledger.recorded": ("记录日", "Recorded"),
    "meeting.ledger.valid": ("生效月", "Valid from"),
    "meeting.ledger.state": ("状态", "State"),
    "meeting.ledger.decided": ("决定", "Decision"),
    "meeting.ledger.gap": ("资金缺口", "Unfunded gap"),
    "meeting.ledger.changes": ("改动的目标", "Targets changed"),
    "meeting.state.in_force": ("有效", "in force"),
    "meeting.state.withdrawn": ("自{month}起被 {id} 撤回", "withdrawn by {id} from {month}"),
    "meeting.state.withdrawal": ("撤回 {id}", "withdraws {id}"),
    # Accept
    "meeting.accept.heading": ("通过这个方案", "How to accept it"),
    "meeting.accept.text": (
        "打开或渲染本笔记本不会写入任何记录。会议作出决定后，运行以下命令（请改成会议当天的日期和决定内容），或在 JupyterLab 中调用 reports.accept：",
        (
            "Opening or rendering this notebook records nothing. Once the meeting has decided, run this command with "
            "the day and the decision of the meeting, or call reports.accept in JupyterLab:"
        ),
    ),
    "meeting.accept.decided": ("校准会决定：{name}", "Decided: {name}"),
    # Limits
    "meeting.limits.budget": (
        "规则假定预算不变，并且净销售额全部随新客数量同比变动；老客户复购不受影响时，实际缺口小于上表。",
        (
            "The rule takes the budget as fixed and all net sales as moving with the customers acquired; where "
            "returning customers buy as before, the gap is smaller than shown."
        ),
    ),
    "meeting.limits.shift": (
        "检出的是水平变动的时间和幅度，不是原因；是否由外部引起，由会议判断。",
        (
            "What is found is when and by how much a level moved, not why; whether it came from outside is for "
            "the meeting to judge."
        ),
    ),
    "meeting.limits.conversion": (
        "转化率的变化为各转化指标按订单数加权的平均；同一订单可能经过不止一个指标。",
        (
            "The change of conversion is the mean over the rates by their orders; one order may count in more than "
            "one rate."
        ),
    ),
    "meeting.limits.chance": (
        "达成概率来自以往月份的波动，不含上面的外部冲击。",
        "Chances rest on how months have scattered so far, without the shock above.",
    ),
}
