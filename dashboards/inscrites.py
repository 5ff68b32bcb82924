"""The pages of the application, as the register of Dash has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypedDict, cast

import dash


class _Page(TypedDict):
    module: str
    path: str
    path_template: str | None
    name: str
    title: str | Callable[..., str]
    layout: Callable[..., Any]


class Page(_Page, total=False):
    """A page: what Dash keeps of it, what places it in the menu (see coquille).

    `connu` tells, of the variables of its address, whether what they name exists.
    """

    menu: int
    sous: str
    rubrique: str
    connu: Callable[..., bool]


def pages() -> list[Page]:
    """Return every page, in the order in which they are registered."""
    return list(cast("dict[str, Page]", dash.page_registry).values())
