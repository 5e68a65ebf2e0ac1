"""Read CRM, ERP, ad-platform and HR exports, or databases, as they are, by a mapping file.

`load_mapping` reads ``params/sources/NAME.yaml``; `read_source` reads its inputs and makes one raw
table per fact table. The words a mapping may use in its SQL (``money day moment month number
flag``) are in `macros`.
"""

from __future__ import annotations

from salesperf_lib.sources.mapping import Mapping, load_mapping
from salesperf_lib.sources.reading import Note, Raw, read_source

__all__ = ["Mapping", "Note", "Raw", "load_mapping", "read_source"]
