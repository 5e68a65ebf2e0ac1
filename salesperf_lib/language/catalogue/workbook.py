"""Words of the target book that goes round as an Excel file, and of the list of its edits."""

# ruff: noqa: E501 (wide characters count twice)

ENTRIES: dict[str, tuple[str, str]] = {
    # The cover
    "workbook.cover": ("封面", "Cover"),
    "workbook.title": ("{company} {year}目标书", "{company}: target book {year}"),
    "workbook.about": ("本目标书", "This book"),
    "workbook.company": ("公司", "Company"),
    "workbook.year": ("年度", "Year"),
    "workbook.teams": ("团队", "Teams"),
    "workbook.every_team": ("全部团队", "all teams"),
    "workbook.closed": ("已关账至", "Closed through"),
    "workbook.nothing_closed": ("本年度没有已关账的月份", "no month of the year is closed"),
    "workbook.as_of": ("截至", "As of"),
    "workbook.source": ("数据源", "Data source"),
    "workbook.version": ("目标版本", "Version of the targets"),
    "workbook.rules": ("规则摘要", "Digest of the rules"),
    "workbook.data": ("数据摘要", "Digest of the data"),
    "workbook.none": ("无", "none"),
    "workbook.recorded": ("{digest}（导出于{day}）", "{digest} (drawn on {day})"),
    "workbook.sheets": ("工作表", "Sheets"),
    "workbook.sheet.volume": (
        "公司、事业部和团队；{description}",
        "company, groups and teams; {description}",
    ),
    "workbook.sheet.team": ("个人目标", "personal targets"),
    "workbook.sheet.rates": ("比率、评分和均值类指标", "rates, ratings and averages"),
    # How to use it
    "workbook.how": ("怎样修改", "How to change targets"),
    "workbook.how.1": (
        "只能改黄色单元格：未关账的月份、季度和年度。灰色和蓝色单元格已锁定。",
        "Change yellow cells only: months, quarters and the year that are still open. Grey and blue cells are locked.",
    ),
    "workbook.how.2": (
        "改过的数就是定下的数；导入时，其余目标围绕它重新计算，各级、各期之和始终分毫不差。",
        "A number that you change is fixed. On import everything else is computed again around it, so that all sums stay exact.",
    ),
    "workbook.how.3": (
        "表中的合计是数值，不会自动变动。只改月份时，季度和年度保持原样即可：它们是旧合计，不算修改。",
        "Sums are plain values and do not follow. If you change months only, leave quarter and year as they are: they are then old sums, not changes.",
    ),
    "workbook.how.4": (
        "只改季度或年度，即定下该季度或年度的总数，其中未关账的月份随之重新计算。",
        "If you change a quarter or the year only, its total is fixed and its open months are computed again.",
    ),
    "workbook.how.5": (
        "同时改了季度和其中的月份时，季度必须等于表中三个月之和，否则不予导入；年度与季度、月份同理。",
        "If you change a quarter and months in it, the quarter must equal the sum of its three months as shown, or the book is refused; likewise the year and what is in it.",
    ),
    "workbook.how.6": (
        "团队工作表的合计行已锁定；要改团队目标，请到该指标的工作表。比率类指标全年相同的，只列年度数；在月份中填数即单独定下该月。",
        "The total row of a team's sheet is locked: change the team's target on the sheet of the indicator. A rate that is the same all year is shown once, in the year; a number entered in a month fixes that month.",
    ),
    "workbook.how.7": (
        "只填不小于 0 的数：金额以{money}计，最多{digits}位小数；个数填整数；比率填 0% 到 100%。不要清空单元格，也不要填文字。",
        "Enter numbers of 0 or more: amounts in {money} with up to {digits} decimals, counts as whole numbers, shares from 0% to 100%. Do not clear cells or enter text.",
    ),
    "workbook.how.8": (
        "不要增删行、列和工作表，不要改编号和工作表名；存为 .xlsx。",
        "Do not add or remove rows, columns or sheets, nor change ids or names of sheets; save as .xlsx.",
    ),
    "workbook.how.9": (
        "导入时会逐项列出修改；只要有一处不合规，就指出全部问题所在，且一项也不生效。",
        "The import lists every change. If anything is wrong it names every place, and nothing takes effect.",
    ),
    "workbook.private": (
        "内含个人目标，请只发给有权查看的人。",
        "This book holds personal targets: hand it only to those who may see them.",
    ),
    # Colours
    "workbook.legend": ("颜色", "Colours"),
    "workbook.legend.open": ("黄色：月份，可以修改", "yellow: a month that may be changed"),
    "workbook.legend.sum": (
        "深黄色：季度或年度，可以修改",
        "dark yellow: a quarter or the year that may be changed",
    ),
    "workbook.legend.closed": ("灰色：已关账，不再变动", "grey: closed, never changes"),
    "workbook.legend.locked": (
        "蓝色：合计或仅供参考，已锁定",
        "blue: a total, or shown for information; locked",
    ),
    "workbook.legend.absent": ("空白灰底：该期没有目标", "blank on light grey: no target in this period"),
    # Headings of the sheets
    "workbook.page": ("{name}（{unit}）", "{name} ({unit})"),
    "workbook.page.title": ("{year} · {name}", "{name} · {year}"),
    "workbook.page.note": (
        "黄色可改，灰色已关账，蓝色已锁定；详见“{cover}”。",
        "Yellow may be changed, grey is closed, blue is locked; see “{cover}”.",
    ),
    "workbook.rates": ("比率", "Rates"),
    "workbook.id": ("编号", "Id"),
    "workbook.name": ("名称", "Name"),
    "workbook.level": ("层级", "Level"),
    "workbook.role": ("岗位", "Role"),
    "workbook.level_or_role": ("层级或岗位、团队", "Level, or role and team"),
    "workbook.closed_mark": ("{period}（已关账）", "{period} (closed)"),
    "workbook.total": ("{team}合计", "{team}: total"),
    "workbook.rest": ("未分到个人", "not assigned to a person"),
    "workbook.outside": ("不属于任何团队", "outside the teams"),
    "workbook.belongs": ("{what} · {unit}", "{what} · {unit}"),
    "workbook.footer": ("目标版本 {version}", "targets {version}"),
    # Units
    "workbook.unit.count": ("个", "count"),
    "workbook.unit.share": ("%", "%"),
    "workbook.unit.ratio": ("倍", "ratio"),
    "workbook.unit.points": ("分", "points"),
    "workbook.unit.seconds": ("秒", "seconds"),
    "workbook.unit.days": ("天", "days"),
    "workbook.unit.months": ("个月", "months"),
    # What Excel says when a cell is given something else
    "workbook.refused": ("不能这样填", "Not a target"),
    "workbook.refused.money": ("请填不小于 0 的金额。", "Enter an amount of 0 or more."),
    "workbook.refused.count": ("请填不小于 0 的整数。", "Enter a whole number of 0 or more."),
    "workbook.refused.share": ("请填 0% 到 100% 的比率。", "Enter a share from 0% to 100%."),
    "workbook.refused.other": ("请填不小于 0 的数。", "Enter a number of 0 or more."),
    # The list of edits
    "workbook.edit.kpi": ("指标", "Indicator"),
    "workbook.edit.unit": ("对象", "Unit"),
    "workbook.edit.team": ("所在团队", "Team"),
    "workbook.edit.period": ("期间", "Period"),
    "workbook.edit.before": ("修改前", "Before"),
    "workbook.edit.after": ("修改后", "After"),
    "workbook.edit.difference": ("变动", "Difference"),
}
