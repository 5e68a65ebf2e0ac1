"""How hard targets are, and what to do with the rest of a year."""

ENTRIES: dict[str, tuple[str, str]] = {
    "chart.difficulty.title": ("目标达成概率", "Chance of reaching the target"),
    "chart.difficulty.hard": ("偏难：低于 {p}", "hard: under {p}"),
    "chart.difficulty.easy": ("偏易：高于 {p}", "easy: over {p}"),
    "chart.difficulty.healthy": ("通常认为合理：{low}–{high}", "called healthy: {low} to {high}"),
    "difficulty.flag.hard": ("偏难", "hard"),
    "difficulty.flag.easy": ("偏易", "easy"),
    "difficulty.alt": (
        "{n} 个目标的达成概率，从 {low} 到 {high}；{hard} 个偏难，{easy} 个偏易。",
        "Chances of reaching {n:target|targets}, from {low} to {high}; {hard} hard, {easy} easy.",
    ),
    "difficulty.expected_share": (
        "按各人历史推算，预计 {share} 的人能达成目标；一般认为 50%–70% 较合理，公开数据中位数为 43%–47%。",
        "{share} of people are expected to reach their target; 50–70% is called healthy, 43–47% is reported.",
    ),
    "difficulty.padding": (
        "各层级共加码 {share}，单独列示，不计入目标。",
        "Levels add {share} between them; it is shown apart and is no part of the target.",
    ),
    "recalibration.naive": ("全额补齐", "catch up in full"),
    "recalibration.level": ("按当前水平估计", "go on at the level reached"),
    "recalibration.blend": ("计划与预测折中", "between plan and forecast"),
}
