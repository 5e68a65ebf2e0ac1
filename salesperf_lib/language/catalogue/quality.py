"""Words of the findings: what the load and the audit found in the data."""

# ruff: noqa: E501 (wide characters count twice)

ENTRIES: dict[str, tuple[str, str]] = {
    # Data quality
    "report.quality.caption": ("数据检查的发现", "Findings of the data checks"),
    "report.quality.finding": ("发现", "Finding"),
    "report.quality.unit": ("范围", "Scope"),
    "report.quality.own": ("本团队", "this team"),
    "report.quality.file": ("文件", "File"),
    "report.quality.rows": ("行数", "Rows"),
    "report.quality.severity": ("程度", "Severity"),
    "report.quality.none": (
        "装载检查和跨系统核对都没有发现问题。",
        "Neither the load nor the comparison of the systems found anything.",
    ),
    "report.quality.summary": (
        "检查发现{counts}，共涉及{rows}行。除非表中另有说明，这些行仍按原样计入；列出是为了请人核查，不是结论。",
        (
            "The checks found {counts} on {rows:row|rows}. Those rows stay in the figures as they are, unless the "
            "table says otherwise; a finding asks for a look and judges nobody."
        ),
    ),
    "report.quality.errors": ("{count}项错误", "{count:error|errors}"),
    "report.quality.warnings": ("{count}项警告", "{count:warning|warnings}"),
    "report.quality.infos": ("{count}项提示", "{count:note|notes}"),
    "report.quality.missing": (
        "数据源没有提供以下指标所需的表或列，因此不显示（不是零）：{kpis}。",
        "The source lacks the tables or columns for these indicators, which are therefore absent, not zero: {kpis}.",
    ),
    # What the load found: one sentence per rule
    "finding.severity.error": ("错误", "error"),
    "finding.severity.warning": ("警告", "warning"),
    "finding.severity.info": ("提示", "note"),
    "finding.missing_value": ("{where}缺少必填值", "{where}: a required value is missing"),
    "finding.unparsable": (
        "{where}有无法读懂的内容，按缺失处理",
        "{where}: text that cannot be read, taken as absent",
    ),
    "finding.not_minor_units": ("{where}的金额不是最小货币单位", "{where}: amounts are not in minor units"),
    "finding.rounded": (
        "{where}有小于最小单位的小数，已四舍五入",
        "{where}: fractions below the smallest unit were rounded",
    ),
    "finding.duplicate_key": ("{where}有重复的主键", "{where}: the same key occurs more than once"),
    "finding.unknown_code": ("{where}有不认识的代码", "{where}: a code that is not known"),
    "finding.unknown_period": ("{where}有无法识别的期间", "{where}: a period that cannot be read"),
    "finding.unsafe_id": ("{where}的编号不能作文件夹名", "{where}: an id that could not name a folder"),
    "finding.overlapping_rows": ("{where}的有效期重叠", "{where}: validity rows overlap"),
    "finding.reversed_span": ("{where}的结束早于开始", "{where}: a span ends before it begins"),
    "finding.loop": ("{where}的上下级成环", "{where}: the hierarchy runs in a circle"),
    "finding.credit_over_one": ("{where}的分摊之和大于1", "{where}: shares sum to more than 1"),
    "finding.orphan": ("{where}引用了主表中没有的编号", "{where}: an id that its own table does not know"),
    "finding.lost_leading_zeros": ("{where}的编号丢失了前导零", "{where}: ids lost their leading zeros"),
    "finding.lost_digits": ("{where}的长数字被截断", "{where}: long numbers lost their last digits"),
    "finding.off_roster": ("{where}在不在岗的日期有记录", "{where}: records on days outside the roster"),
    "finding.after_last_day": (
        "{where}有晚于数据截止日的行",
        "{where}: rows dated after the last day covered",
    ),
    "finding.negative": ("{where}有负数金额", "{where}: negative amounts"),
    "finding.absurd": ("{where}有超过中位数1000倍的数值", "{where}: amounts above 1000 times the median"),
    "finding.ragged_row": (
        "{where}有列数不符的行，未读入",
        "{where}: lines with too many or too few fields, left out",
    ),
    "finding.unknown_column": (
        "{where}是映射中没有的列",
        "{where}: a column that the mapping did not expect",
    ),
    "finding.examples": ("（如{examples}）", " (such as {examples})"),
    "finding.other": ("{where}：{rule}", "{where}: {rule}"),
}
