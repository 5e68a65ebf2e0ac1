"""Words of drivers: sales as a product, and a strategic share turned into touches."""

# ruff: noqa: E501 (wide characters count twice)

ENTRIES: dict[str, tuple[str, str]] = {
    # Factors and their owners
    "driver.visits": ("访问数", "Visits"),
    "driver.visit_conversion_rate": ("访问转化率", "Orders per visit"),
    "driver.new_customer_rate": ("新客转化率", "New customers per visit"),
    "driver.orders_per_new_customer": ("复购倍数（订单数÷新客数）", "Repeat (orders per new customer)"),
    "driver.aov": ("客单价（按全部订单）", "Order value (all orders placed)"),
    "driver.everybody": ("全体岗位", "everybody"),
    "driver.owned": ("{factor}（{roles}）", "{factor} ({roles})"),
    # Change one, see the others
    "driver.identity": (
        "净销售额＝访问数×转化率×客单价（×复购倍数）；各因子相乘恰好等于目标{sales}。",
        "Net sales = visits × conversion × order value (× repeat); the factors multiply to the target of {sales} exactly.",
    ),
    "driver.changed": (
        "{factor}由目标{target}改为{required}（{change}）。",
        "{factor}: {required} instead of the target of {target} ({change}).",
    ),
    "driver.required": (
        "要保住同样的销售额，{factor}须达到{required}，目标为{target}（{change}），由{roles}负责。",
        "For the same sales, {factor} must reach {required} against a target of {target} ({change}); owned by {roles}.",
    ),
    "driver.capped": (
        "{factor}最多要求到{required}，不超过自身历史的高位。",
        "{factor} is asked for no more than {required}: not beyond the high end of its own history.",
    ),
    "driver.unfunded": (
        "其余{unfunded}没有因子可以承担，列为缺口。",
        "The remaining {unfunded} cannot be taken by any factor and is shown as unfunded.",
    ),
    "driver.limits": (
        "这里不计成本：访问数增加可能需要更多投放费用。",
        "Costs are not part of this: more visits may need more spend.",
    ),
    # From a share to a rate to touches
    "driver.translation.outcome": (
        "要把{unit}的私域复购占比从{share}提高到{share_target}，在私域客户数和单客复购金额不变时，私域月均复购率须从{rate}达到{rate_target}。",
        (
            "To raise {unit}'s private-domain repurchase share from {share} to {share_target}, with as many "
            "private-domain customers and the same value per returning customer, the monthly private-domain "
            "repurchase rate must go from {rate} to {rate_target}."
        ),
    ),
    "driver.translation.team": (
        "{team}：私域月均复购率从{rate}到{rate_target}，即每位私域客户每月深度触达从{dose}次到{dose_target}次（{confidence}置信区间{low}至{high}次）。",
        (
            "{team}: a monthly rate of {rate_target} after {rate}, which takes {dose_target} deep touches per "
            "private-domain customer and month after {dose} ({confidence} interval {low} to {high})."
        ),
    ),
    "driver.translation.person": (
        "{person}：每月深度触达{touches}次（现在{now}次，{confidence}置信区间{low}至{high}次），对应名下{customers}位私域客户。",
        (
            "{person}: {touches} deep touches a month (now {now}; {confidence} interval {low} to {high}) for "
            "{customers} private-domain customers."
        ),
    ),
    "driver.translation.evidence": (
        "依据{units}个单位、{rows}个月度观测：每位客户每月多一次深度触达，复购的对数优势增加{slope}（{confidence}置信区间{low}至{high}），已扣除团队和月份的影响。",
        (
            "From {units} units and {rows} monthly observations: one more deep touch per customer and month goes "
            "with {slope} more in the log-odds of repurchase ({confidence} interval {low} to {high}), team and month "
            "effects taken out."
        ),
    ),
    "driver.translation.left_out": (
        "其中{count}个观测因月中交接客户而未采用。",
        "Left out because customers changed hands inside the month: {count:observation|observations}.",
    ),
    "driver.translation.caveat": (
        "触达往往先给更可能购买的客户。除非触达次数是随机安排的，这一效应是上限，实际需要的触达只会更多。",
        (
            "Touches go to likely buyers. Unless they were assigned at random, this effect is an upper bound, and the "
            "touches really needed are more, not fewer."
        ),
    ),
    "driver.translation.beyond": (
        "区间上端超出历史上有过的触达强度（{most}次），那一段只是外推。",
        "The upper end of the interval lies beyond the touches seen so far ({most}): that part is extrapolated.",
    ),
    # Figures
    "chart.drivers.title": (
        "销售额的驱动因子：相对基期（基期＝100%）",
        "Drivers of sales against the baseline (= 100%)",
    ),
    "chart.drivers.baseline": ("基期", "Baseline"),
    "chart.drivers.target": ("目标", "Target"),
    "chart.drivers.required": ("调整后须达到", "Required after the change"),
    "chart.drivers.changed": ("已改动", "Changed"),
    "chart.drivers.step": ("{baseline} → {target}", "{baseline} → {target}"),
    "chart.drivers.step_required": (
        "{baseline} → {target} → {required}",
        "{baseline} → {target} → {required}",
    ),
    "chart.dose.title": ("深度触达与私域月均复购率", "Deep touches and monthly private-domain repurchase"),
    "chart.dose.touches": (
        "每位私域客户每月深度触达（次）",
        "Deep touches per private-domain customer and month",
    ),
    "chart.dose.rate": ("月均复购率", "Monthly repurchase rate"),
    "chart.dose.observed": ("观测（已扣除团队和月份影响）", "Observed (team and month effects taken out)"),
    "chart.dose.curve": ("估计曲线与{confidence}置信区间", "Fitted curve and {confidence} interval"),
    "chart.dose.now": ("现在", "Now"),
    "chart.dose.target": ("目标：复购率{rate}，触达{dose}次", "Target: rate {rate}, {dose} touches"),
    "chart.dose.needed": (
        "所需触达的区间：{low}至{high}次",
        "Interval of the touches needed: {low} to {high}",
    ),
}
