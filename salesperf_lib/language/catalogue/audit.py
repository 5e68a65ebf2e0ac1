"""What the audit's signals mean, each a request to look; `{where}` is the table and system or channel."""

# ruff: noqa: E501 (wide characters count twice)

ENTRIES: dict[str, tuple[str, str]] = {
    "finding.missing_in_system": ("{where}：订单在其他系统有记录，此系统没有", "{where}: orders that the other systems hold and this one does not"),
    "finding.only_in_system": ("{where}：订单只在此系统有记录", "{where}: orders that no other system knows"),
    "finding.doubled_in_system": ("{where}：同一订单有多条记录", "{where}: orders recorded more than once"),
    "finding.amount_differs": ("{where}：同一订单在各系统的金额不一致", "{where}: amounts of one order differ between systems"),
    "finding.late_copy": ("{where}：同一订单在各系统的日期相差过久", "{where}: copies of one order lie days apart"),
    "finding.copy_without_id": ("{where}：记录没有订单号或日期，无法核对", "{where}: records without order id or day, which cannot be compared"),
    "finding.clicks_without_dwell": ("{where}：点击多而到站少、停留短，请核查是否为虚假点击", "{where}: clicks that seldom arrive and do not stay; check for fake clicks"),
    "finding.repeated_orders": ("{where}：同一地址、同一金额反复下单，请核查是否刷单", "{where}: one address ordering one amount again and again; check for brushing"),
}  # fmt: skip
