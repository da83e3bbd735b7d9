"""Questions to a DNS server, as rules of NetworkPolicies admit them."""

from tierpolicies.documents.view import View

_PORTS = (53, 5353)
_NAMES = ("dns", "dns-tcp", "domain")


def calls_names(entry: View) -> bool:
    """Whether a rule lets pods call what goes by a name: other pods, or the world."""
    if not any(entry["to"]):
        return not _is_dns(entry)
    peers = [each for each in entry["to"] if not each["ipBlock"] or _is_world(each["ipBlock"])]
    return bool(peers) and not _is_dns(entry)


def _is_world(block: View) -> bool:
    return block["cidr"].text in ("0.0.0.0/0", "::/0")


def _is_dns(entry: View) -> bool:
    """Whether a rule is for nothing but questions to a DNS server."""
    return any(entry["ports"]) and all(_is_dns_port(each) for each in entry["ports"])


def _is_dns_port(port: View) -> bool:
    return port["port"].integer in _PORTS or port["port"].text in _NAMES


def resolves(entry: View, protocol: str) -> bool:
    """Whether a rule admits a question by a protocol."""
    if any(entry["ports"]):
        return any(
            (port["protocol"].text or "TCP") == protocol and (_is_dns_port(port) or _spans(port))
            for port in entry["ports"]
        )
    return not any(entry["to"]) or any(_may_be_server(peer) for peer in entry["to"])


def _spans(port: View) -> bool:
    first, last = port["port"].integer, port["endPort"].integer
    if first is None:
        return not port["port"].text
    return any(first <= each <= (last or first) for each in _PORTS)


def _may_be_server(peer: View) -> bool:
    """Whether a peer without ports may be a DNS server: an address, or pods of another namespace."""
    if peer["ipBlock"]:
        return True
    labels = peer.at("podSelector", "matchLabels").labels
    return bool(peer["namespaceSelector"]) and (not labels or any("dns" in each for each in labels.values()))
