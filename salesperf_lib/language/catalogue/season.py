"""Words of the season: how a year spreads over its days."""

ENTRIES: dict[str, tuple[str, str]] = {
    "promotion.spring_festival": ("春节", "Spring Festival"),
    "chart.season.title": (
        "全年目标的按日分布（占全年比重）",
        "How the year spreads over its days (share of the year)",
    ),
    "chart.season.baseline": ("日常基线（七日平均）", "Baseline (7-day mean)"),
    "chart.season.uplift": ("促销增量", "Promotion uplift"),
    "chart.season.dip": ("低于基线（如春节）", "Below baseline (as at Spring Festival)"),
    "chart.season.beyond": ("{promotion}（高峰 {share}）", "{promotion} (peak {share})"),
    "chart.season.borrowed_all": (
        "借用：自身历史不足，全部采用{lender}的季节分布",
        "Borrowed: too little history of its own; the season is that of {lender}",
    ),
    "chart.season.borrowed_part": (
        "借用：{share} 来自{lender}的季节分布，其余来自自身历史",
        "Borrowed: {share} of the season is that of {lender}, the rest its own",
    ),
}
