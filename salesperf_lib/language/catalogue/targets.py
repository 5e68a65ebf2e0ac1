"""Where a target comes from."""

ENTRIES: dict[str, tuple[str, str]] = {
    "basis.goal": ("下达的目标", "given as a goal"),
    "basis.sum_of_goals": ("下级目标之和", "the sum of the goals given below it"),
    "basis.history": ("按历史占比拆分", "split by its share of history"),
    "basis.season": ("按自身的日度季节与促销分布", "by its own season of days and promotions"),
    "basis.part_season": (
        "历史不足，自身季节与上级季节混合",
        "little history: a blend of its own season and that of the unit above it",
    ),
    "basis.capacity": ("按产能（人力、爬坡、工作日、出勤）", "by capacity: FTE, ramp, working days, leave"),
    "basis.explicit": ("按指定份额", "by a decided share"),
    "basis.equal_difficulty": ("按同等难度", "equally hard for all"),
    "basis.blend": ("按多种依据混合", "by a blend of bases"),
    "basis.parent_profile": (
        "历史不足一年，按上级的月份分布",
        "less than a year of history: the months of the unit above it",
    ),
    "basis.sibling_mean": ("没有历史，按同级平均", "no history: the mean of the units beside it"),
    "basis.role_mean": ("新人，按同岗位日均", "new: the daily mean of the role"),
    "basis.equal": ("平均拆分", "split equally"),
    "basis.unassigned": ("不分到个人的部分", "what is no person's own"),
    "basis.default": ("制度默认目标", "the default of the rules"),
    "basis.equal_stretch": ("从自身基线同等提升", "equal stretch from its own baseline"),
    "basis.same_for_all": ("人人相同", "the same for everybody"),
}
