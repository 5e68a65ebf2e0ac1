"""Write the sample company's exports, with the names and formats of the systems they come from."""

from __future__ import annotations

from pathlib import Path

from salesperf_lib.sample.business import Business, answers, yearly_volumes
from salesperf_lib.sample.exports.days import write_ad_days, write_service, write_shop
from salesperf_lib.sample.exports.orders import write_ad_orders, write_crm, write_erp
from salesperf_lib.sample.exports.people import write_goals, write_hr
from salesperf_lib.sample.exports.words import Words
from salesperf_lib.sample.files import write_yaml

__all__ = ["export"]

TITLE = "What is planted in these exports, with the values that planted it."


def export(business: Business, out: Path) -> list[Path]:
    """Write every system's files, and what was planted."""
    words = Words(business.plan, business.staff)
    systems = (write_crm, write_erp, write_ad_orders, write_ad_days, write_shop, write_service, write_hr)
    files = [path for write in systems for path in write(out, business, words)]
    files += write_goals(out, business, yearly_volumes(business))
    return [*files, write_yaml(out / "TRUTH.yaml", TITLE, answers(business))]
