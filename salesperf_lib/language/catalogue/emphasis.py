"""Words of the quarterly and the annual report: what each layer of periods emphasises."""

# ruff: noqa: E501 (wide characters count twice)

ENTRIES: dict[str, tuple[str, str]] = {
    # Titles and the question each report answers
    "report.quarterly.title": ("{team}季度报告", "{team}: quarterly report"),
    "report.quarterly.question": (
        "给团队负责人：结果怎样，策略是否有效——投放回报如何，客户有没有留下来，钱有没有收回来。",
        (
            "For the team's manager: what came out, and did the strategy work: what advertising returned, whether "
            "customers stayed, and whether the money came in."
        ),
    ),
    "report.annual.title": ("{team}年度报告", "{team}: annual report"),
    "report.annual.question": (
        "给团队负责人：这一年积累了多少长期价值，成员有哪些成长，年度得分由哪几层构成。",
        (
            "For the team's manager: how much lasting value the year built, how its people grew, and of which "
            "layers the year's scores are made."
        ),
    ),
    # Shared by the sections
    "report.step.period": ("期间", "Period"),
    "report.step.change": ("变化", "Change"),
    "report.step.running": ("{period}（未结束）", "{period} (still running)"),
    "report.step.no_year_before": (
        "没有上年同期的数据，无法比较。",
        "There are no data for the same period of the year before to compare with.",
    ),
    "report.step.few": (
        "{kpis}的样本不足，数值只供参考。",
        "Too few observations stand behind {kpis}: take the value as a hint only.",
    ),
    "report.step.few_mark": ("（样本不足）", "(few)"),
    # Return on advertising
    "report.roi.heading": ("投放回报", "What advertising returned"),
    "report.roi.none": (
        "没有投放费用或付费渠道的订单数据，无法计算渠道ROI。",
        "Without spend or orders from paid channels there is no channel ROI to show.",
    ),
    "report.roi.value": (
        "{period}投放{spend}，带来销售额{sales}，渠道ROI为{value}。",
        "{period}: {spend} of spend brought {sales} in sales, a channel ROI of {value}.",
    ),
    "report.roi.met": ("达到目标{target}（完成{rate}）。", "That reaches the target of {target} ({rate})."),
    "report.roi.missed": (
        "低于目标{target}（完成{rate}）。",
        "That is below the target of {target} ({rate} of it).",
    ),
    "report.roi.no_target": ("没有设定目标。", "No target is set."),
    "report.roi.range": (
        "最高是{best}的{best_value}，最低是{worst}的{worst_value}。",
        "The best was {best} with {best_value}, the weakest {worst} with {worst_value}.",
    ),
    "report.roi.rival_more": (
        "{rival}计算为{other}，比{force}高{gap}；考核{force}计算。",
        "Taken {rival}, it is {other}, {gap} more than {force}, which is how it is appraised.",
    ),
    "report.roi.rival_less": (
        "{rival}计算为{other}，比{force}低{gap}；考核{force}计算。",
        "Taken {rival}, it is {other}, {gap} less than {force}, which is how it is appraised.",
    ),
    "report.roi.rival_same": (
        "{rival}与{force}计算的结果一致，均为{other}。",
        "Taken {rival} or {force}, it is {other} alike.",
    ),
    "report.roi.by": ("{kpi}（{reading}）", "{kpi}, {reading}"),
    "report.roi.caption": ("各期渠道ROI与目标", "Channel ROI by period, and its target"),
    "chart.roi.title": (
        "渠道ROI：每一元投放带来的销售额",
        "Channel ROI: sales per unit of spend",
    ),
    "chart.roi.value": ("考核口径", "As appraised"),
    "chart.roi.other": ("另一口径", "Other reading"),
    # Retention
    "report.retention.heading": ("客户留存与复购", "Do customers stay?"),
    "report.retention.none": (
        "没有可以追踪客户的订单数据，无法计算留存与复购。",
        "Without orders that can be traced to customers there is no retention to show.",
    ),
    "report.retention.rates": ("{period}：{parts}。", "{period}: {parts}."),
    "report.retention.rate": ("{kpi}{value}", "{kpi} {value}"),
    "report.retention.moved": (
        "{kpi}{value}（较上年同期{moved}）",
        "{kpi} {value} ({moved} on the year before)",
    ),
    "report.retention.met": ("达到目标的有：{kpis}。", "On target: {kpis}."),
    "report.retention.missed": ("低于目标的有：{kpis}。", "Below target: {kpis}."),
    "report.retention.no_target": ("这些指标没有设定目标。", "No targets are set for them."),
    "report.retention.running": (
        "期间尚未结束，{kpi}还会上升，暂不与目标和上年同期比较。",
        "The period is not over: {kpi} will still rise and is not compared yet with target and year before.",
    ),
    "report.retention.customers": ("客户数", "Customers"),
    "report.retention.caption": (
        "留存与复购，对比目标、上年同期和全公司",
        "Retention and repurchase against target, year before and company",
    ),
    "report.retention.note": (
        "留存只计观察窗口在本期内结束的新客，反映的是较早获得的客户；私域复购率为各月分子之和除以分母之和。客户数不多时，一两个百分点的起伏可能只是偶然。",
        "Retention counts new customers whose window closes in the period, that is, customers won some time ago; private-domain repurchase adds the months up before it divides. With few customers a point or two up or down may be chance.",
    ),
    "chart.now": ("本期", "This period"),
    "chart.retention.title": ("有多少客户再次购买", "How many customers buy again"),
    # New and returning customers
    "report.customers.heading": ("新客与老客", "New and returning customers"),
    "report.customers.none": (
        "订单没有客户编号或首单日期，分不清新客与老客。",
        "Orders without customers or first order dates do not tell new customers from returning ones.",
    ),
    "report.customers.split": (
        "{period}净销售额{net}：新客{new}（{new_share}），老客{returning}（{returning_share}）。",
        "Net sales of {period}, {net}: {new} from new customers ({new_share}), {returning} from returning ones ({returning_share}).",
    ),
    "report.customers.unknown": (
        "另有{amount}没有客户编号，不知来自新客还是老客。",
        "Another {amount} carry no customer: nobody knows whether new or returning.",
    ),
    "report.customers.moved": (
        "与上年同期相比，新客{new}，老客{returning}；新客占比由{then}变为{now}。",
        "Against the year before: new customers {new}, returning ones {returning}; the share of new customers went from {then} to {now}.",
    ),
    "report.customers.share": ("新客占比", "Share of new"),
    "report.customers.new_moved": ("新客较上年", "New vs year before"),
    "report.customers.returning_moved": ("老客较上年", "Returning vs year before"),
    "report.customers.unknown_head": ("不明", "Unknown"),
    "report.customers.caption": (
        "净销售额 = 新客 + 老客（元，精确到分，各行各列相加不差）",
        "Net sales = new + returning customers, to the last digit: rows and columns add up",
    ),
    "chart.customers.title": (
        "新客与老客的净销售额（{unit}）",
        "Net sales to new and returning customers ({unit})",
    ),
    "chart.customers.new": ("新客（标注占比）", "New (share written)"),
    "chart.customers.returning": ("老客", "Returning"),
    "chart.customers.before": ("上年同期合计", "Year before, in all"),
    # Collection
    "report.collection.heading": ("回款", "Has the money come in?"),
    "report.collection.none": (
        "本期没有到期的赊销款，或数据没有付款记录，因此没有回款率。",
        "No credit sales fell due, or the data hold no payments: there is no collection rate.",
    ),
    "report.collection.all": (
        "{period}到期的赊销款{due}（{count}单）已全部收回，回款率{rate}。",
        "{period}: all of the {due} due on credit ({count:order|orders}) has been paid, a collection rate of {rate}.",
    ),
    "report.collection.some": (
        "{period}到期的赊销款{due}（{count}单），已收回{collected}，还有{outstanding}没有收回；回款率{rate}。",
        "{period}: of {due} due on credit ({count:order|orders}), {collected} has been paid and {outstanding} is still out; the collection rate is {rate}.",
    ),
    "report.collection.met": ("达到目标{target}。", "That reaches the target of {target}."),
    "report.collection.missed": (
        "目标{target}，还差{gap}。",
        "The target is {target}: {gap} short of it.",
    ),
    "report.collection.no_target": ("没有设定目标。", "No target is set."),
    "report.collection.most": (
        "没有收回的款项最多的是{period}到期的{amount}。",
        "Most of what is out fell due in {period}: {amount}.",
    ),
    "report.collection.orders": ("到期单数", "Orders due"),
    "report.collection.due": ("到期金额", "Due"),
    "report.collection.collected": ("已收回", "Collected"),
    "report.collection.outstanding": ("未收回", "Still out"),
    "report.collection.caption": ("按到期时间列示的赊销款", "Credit sales by when they fell due"),
    "chart.collection.title": (
        "到期赊销款的回收（{unit}，标注回款率）",
        "Credit sales due ({unit}, collection rate written)",
    ),
    "chart.collection.collected": ("已收回", "Collected"),
    "chart.collection.outstanding": ("未收回", "Still out"),
    # Lifetime value
    "report.lifetime.heading": ("客户的长期价值", "What customers are worth"),
    "report.lifetime.none": (
        "可以观察满期的客户不足，或数据没有客户编号，无法计算客户生命周期价值。",
        "There are no customers that can be followed long enough, so there is no lifetime value to show.",
    ),
    "report.lifetime.value": (
        "每个新客在首单后{days}天内平均带来净销售额{value}。",
        "A new customer brought {value} in net sales within {days} days of the first order.",
    ),
    "report.lifetime.up": ("比上年同期高{rate}。", "That is {rate} more than a year before."),
    "report.lifetime.down": ("比上年同期低{rate}。", "That is {rate} less than a year before."),
    "report.lifetime.projected": (
        "按购买模型推算，满{days}天时为{value}。",
        "Within {days} days a purchase model expects {value}.",
    ),
    "report.lifetime.times": (
        "获得一个新客花费{cac}，已实现的价值是它的{times}倍。",
        "Winning one cost {cac}: the value observed is {times} times that.",
    ),
    "report.lifetime.no_cost": (
        "没有投放费用数据，无法与获客成本比较。",
        "Without spend it cannot be compared with what a customer costs.",
    ),
    "report.lifetime.channels": (
        "付费渠道中，{best}的价值与成本之比最高（{best_times}倍），{worst}最低（{worst_times}倍）。",
        "Of the paid channels, a customer is worth most of the cost in {best} ({best_times} times), least in {worst} ({worst_times} times).",
    ),
    "report.lifetime.all": ("全部渠道", "All channels"),
    "report.lifetime.customers": ("观察的新客", "Customers followed"),
    "report.lifetime.times_head": ("价值÷成本", "Value ÷ cost"),
    "report.lifetime.caption": ("按首单渠道", "By channel of the first order"),
    "report.lifetime.note": (
        "观察的是满期的客户，即较早获得的客户。",
        "Followed are customers won long enough ago.",
    ),
    "report.lifetime.cost_note": (
        "获客成本按本期计算；“全部渠道”的成本由全部新客分摊，包括不投放的渠道，因此低于各付费渠道；不投放的渠道没有获客成本。净销售额不是利润，倍数不等于投资回报。",
        "The cost of winning one is this period's; over all channels it is shared by all new customers, also those of channels without spend, so it is lower than in each paid channel. Net sales are no profit: the multiple is no return on investment.",
    ),
    "chart.lifetime.title": ("每个新客的价值与成本（{unit}）", "Value and cost of a new customer ({unit})"),
    "chart.lifetime.value": ("已实现", "Observed"),
    "chart.lifetime.projected": ("预测", "Projected"),
    "chart.lifetime.cost": ("获客成本", "Cost of winning one"),
}
