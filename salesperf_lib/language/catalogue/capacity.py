"""What a reader must know about the working days behind a capacity."""

ENTRIES: dict[str, tuple[str, str]] = {
    "capacity.by_weekday": (
        "{years}年的放假安排尚未公布，暂按周一至周五计工作日；公布后产能会变。",
        "The public holidays of {years} are not published yet; until they are, Monday to Friday count.",
    ),
}
