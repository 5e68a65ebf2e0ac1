"""Words of the index where reports are about people, and of files made beside a page."""

ENTRIES: dict[str, tuple[str, str]] = {
    "render.index.person": ("人员", "Person"),
    "render.index.people": ("{count}人", "{count:person|people}"),
    "render.reason.not_attached": (
        "页面已生成，附带文件未能生成",
        "The page is made, a file beside it is not",
    ),
}
