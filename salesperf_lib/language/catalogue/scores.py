"""Why a line or a person is scored, or is not."""

ENTRIES: dict[str, tuple[str, str]] = {
    # Lines of a score
    "status.scored": ("已评分", "scored"),
    "status.redistributed": ("含转入的权重", "with weight taken over"),
    "status.carried": ("沿用{period}", "carried from {period}"),
    "status.low_n": ("样本不足，不计分", "too few observations, not scored"),
    "status.no_data": ("没有数据，不计分", "no data, not scored"),
    "status.no_target": ("没有目标，不计分", "no target, not scored"),
    # People
    "status.left": ("期间内离职，不考核", "left in the period, not assessed"),
    "status.probation": ("试用期，不考核", "on probation, not assessed"),
    "status.few_days": ("在岗天数不足，不考核", "too few days on duty, not assessed"),
    "status.no_dimension": ("整个维度没有数据，不可考核", "a whole dimension without data, not assessable"),
    "status.no_required": ("必备指标没有数据，不可考核", "a required indicator without data, not assessable"),
    "status.veto": ("一票否决：案件已查实", "vetoed: a confirmed case"),
    "status.contested": (
        "等级取决于权重选择（有争议）",
        "contested: other weights would give another grade",
    ),
    "status.no_rules": ("岗位没有考核规则", "no rules for this role"),
}
