"""Where a target comes from."""

ENTRIES: dict[str, tuple[str, str]] = {
    "basis.goal": ("下达的目标", "given as a goal"),
    "basis.sum_of_goals": ("下级目标之和", "the sum of the goals given below it"),
    "basis.history": ("按历史占比拆分", "split by its share of history"),
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
