"""Indicators: what each is made of, and their values at any level (DATA §4, §5)."""

from salesperf_lib.kpis.definitions import KPIS, KpiDef

__all__ = ["KPIS", "KpiDef"]
