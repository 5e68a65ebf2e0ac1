"""Targets, appraisal and policy simulation for online-sales teams."""

__version__ = "0.1.0"
