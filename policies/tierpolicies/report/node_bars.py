"""How full a node is, as a compact bar for Markdown."""

_CELLS = 10


def bar(used: int, given: int) -> str:
    """`▓▓▓▓▓▓▓░░░ 68%`: ten cells, and the share rounded down so that 100% is really full."""
    if given <= 0:
        return "unknown"
    share = used / given
    full = min(int(share * _CELLS), _CELLS)
    return f"{'▓' * full}{'░' * (_CELLS - full)} {int(share * 100)}%"
