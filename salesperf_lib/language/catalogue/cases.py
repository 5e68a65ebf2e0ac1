"""Cases of the one-vote veto and appeals against grades: where they stand, what for, who moved them."""

# ruff: noqa: E501 (wide characters count twice)

ENTRIES: dict[str, tuple[str, str]] = {
    # Where a case stands
    "case.status.suspected": ("疑似，待核实", "suspected"),
    "case.status.confirmed": ("已查实", "confirmed"),
    "case.status.dismissed": ("不成立", "dismissed"),
    "case.status.appealed": ("申诉中", "under appeal"),
    "case.status.upheld": ("申诉成立", "appeal upheld"),
    "case.status.rejected": ("申诉驳回", "appeal rejected"),
    # What for
    "case.kind.brushing": ("刷单", "brushing"),
    "case.kind.edited_amounts": ("篡改订单金额", "edited order amounts"),
    "case.kind.fake_clicks": ("虚假点击", "fake clicks"),
    "case.kind.made_up_records": ("虚构工作记录", "made-up records"),
    "case.kind.false_report": ("虚报数据", "false reporting"),
    "case.kind.other": ("其他违规", "another violation"),
    "case.kind.grade_appeal": ("绩效申诉", "appeal against a grade"),
    # Moves, after the role that makes them
    "case.move.open": ("立案", "opened the case"),
    "case.move.confirm": ("查实", "confirmed the case"),
    "case.move.dismiss": ("认定不成立", "dismissed the case"),
    "case.move.appeal": ("提出申诉", "appealed"),
    "case.move.uphold": ("支持申诉", "upheld the appeal"),
    "case.move.reject": ("驳回申诉", "rejected the appeal"),
    # Roles
    "case.role.data_analyst": ("数据分析岗", "data analyst"),
    "case.role.hr_manager": ("人力资源经理", "HR manager"),
    "case.role.sales_director": ("销售总监", "sales director"),
    "case.role.appeals_committee": ("申诉委员会", "appeals committee"),
    "case.role.employee": ("员工", "employee"),
    # Columns of the list
    "case.column.case_id": ("编号", "case"),
    "case.column.person_id": ("人员", "person"),
    "case.column.period": ("期间", "period"),
    "case.column.kind": ("事由", "kind"),
    "case.column.status": ("状态", "status"),
    "case.column.vetoes": ("一票否决", "veto"),
    "case.column.opened_on": ("立案日", "opened"),
    "case.column.decided_on": ("认定日", "decided"),
    "case.column.appealed_on": ("申诉日", "appealed"),
    "case.column.evidence": ("证据", "evidence"),
    "case.veto.yes": ("是", "yes"),
    "case.veto.no": ("否", "no"),
    "case.veto.by_rules": ("按制度", "as the rules say"),
    # One case
    "case.line.head": ("{case}：{person}，{period}，{kind}。状态：{status}", "{case}: {person}, {period}, {kind}. Status: {status}"),
    "case.line.event": ("{day}，{role}{move}。理由：{reason}", "{day}: {role} {move}. Reason: {reason}"),
    "case.line.evidence": ("证据：{evidence}", "Evidence: {evidence}"),
    "case.line.recorded": ("登记日：{day}", "Recorded on {day}"),
    "case.line.correction": ("更正：{kpi}，{value}", "Corrected: {kpi}, {value}"),
    # What follows from a move
    "case.effect.confirmed": (
        "{case}：{status}。凡与{period}有重叠的考核期，{person}均适用一票否决；其他人的名次和等级随之重算。",
        "{case}: {status}. The one-vote veto applies to {person} in every appraisal that overlaps {period}; everybody else's ranks and grades are computed without this person.",
    ),
    "case.effect.suspected": ("{case}：{status}。未查实前不影响考核结果。", "{case}: {status}. No result changes unless it is confirmed."),
    "case.effect.dismissed": ("{case}：{status}。不适用一票否决，考核结果与立案前一致。", "{case}: {status}. No veto follows; results are as they were before the case."),
    "case.effect.appealed": ("{case}：{status}。申诉期间一票否决是否暂停，以考核制度为准。", "{case}: {status}. Whether the veto stands until the appeal is decided is in the rules of the appraisal."),
    "case.effect.grade_appealed": ("{case}：{status}。作出决定前，等级保持不变。", "{case}: {status}. The grade stays as it is until the appeal is decided."),
    "case.effect.upheld": ("{case}：{status}。{person}在{period}的结果按更正后的数据重算。", "{case}: {status}. The results of {person} for {period} are computed again from the corrected data."),
    "case.effect.rejected": ("{case}：{status}。等级保持不变；有新证据方可再次申诉。", "{case}: {status}. The grade stands; another appeal needs new evidence."),
    "case.none": ("没有案件", "no cases"),
}  # fmt: skip
