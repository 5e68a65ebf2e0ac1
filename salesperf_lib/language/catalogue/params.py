"""Names of what params/ does not name itself."""

ENTRIES: dict[str, tuple[str, str]] = {
    "scenario.base": ("基准方案", "Rules as they stand"),
}
