"""The pictures of a page, which it carries in itself: each gets a file beside the document."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from salesperf_lib.render.pdf.tree import Node, find

KINDS: Mapping[str, str] = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/svg+xml": "svg",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and the name of its file, which follows from its bytes.

    Parameters
    ----------
    name
        Of the file.
    data
        Its bytes.
    """

    name: str
    data: bytes


def pictures(root: Node) -> dict[str, Picture]:
    """Collect the pictures that a page carries, by name of their files."""
    found = (picture_of(node) for node in find(root, "img"))
    return {picture.name: picture for picture in found if picture is not None}


def picture_of(node: Node) -> Picture | None:
    """Read the picture of an element; None if it lies elsewhere: nothing is fetched."""
    head, comma, data = node.attributes.get("src", "").partition(",")
    kind, *options = head.removeprefix("data:").split(";")
    if not head.startswith("data:") or not comma or kind not in KINDS:
        return None
    try:
        read = base64.b64decode(data) if "base64" in options else unquote_to_bytes(data)
    except binascii.Error:
        return None
    return Picture(f"{hashlib.sha256(read).hexdigest()[:16]}.{KINDS[kind]}", read)
