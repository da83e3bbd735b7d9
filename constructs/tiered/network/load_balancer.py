"""What an AWS Application Load Balancer is told by annotations of the Ingresses it serves."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tiered.errors import TieredError

ALB = "alb.ingress.kubernetes.io/"
"""Prefix of the annotations that the AWS Load Balancer Controller reads."""

_GROUP = re.compile(r"[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, kw_only=True)
class LoadBalancer:
    """One load balancer shared by the Ingresses of many namespaces.

    Its settings are repeated on each of them: the controller wants them on one Ingress of the
    group or with the same value on all, and no Ingress is always there.

    Args:
        group: name that joins the Ingresses.
        target_type: "instance" reaches pods by a NodePort; "ip" needs pods with addresses of the VPC.
        certificates: ARNs of ACM certificates; with none it listens to plain HTTP only.
        subnets: names or ids; by default the controller finds them by their tags.
        inbound_cidrs: who may connect; by default everybody.
        deletion_protection: refuse to delete the load balancer, also when its last Ingress goes.

    Raises:
        TieredError: the group's name is none, or only one subnet is given.
    """

    group: str
    target_type: Literal["instance", "ip"]
    certificates: Sequence[str] = ()
    scheme: Literal["internet-facing", "internal"] = "internet-facing"
    ssl_policy: str = "ELBSecurityPolicy-TLS13-1-2-2021-06"
    subnets: Sequence[str] = ()
    inbound_cidrs: Sequence[str] = ()
    deletion_protection: bool = True

    def __post_init__(self) -> None:
        if not _GROUP.fullmatch(self.group):
            raise TieredError(
                f"load balancer group {self.group!r}: write at most 63 lower-case letters, digits, - and ."
            )
        if len(self.subnets) == 1:
            raise TieredError(
                f"load balancer {self.group!r} has one subnet: name at least two in different zones, or none"
            )

    def annotations(self) -> dict[str, str]:
        """What every Ingress of the group repeats."""
        ports = [{"HTTP": 80}, {"HTTPS": 443}] if self.certificates else [{"HTTP": 80}]
        settings = {
            "group.name": self.group,
            "scheme": self.scheme,
            "target-type": self.target_type,
            "listen-ports": json.dumps(ports, separators=(",", ":")),
            "load-balancer-attributes": ",".join(
                (
                    f"deletion_protection.enabled={str(self.deletion_protection).lower()}",
                    "routing.http.drop_invalid_header_fields.enabled=true",
                )
            ),
        }
        if self.certificates:
            settings["certificate-arn"] = ",".join(self.certificates)
            settings["ssl-policy"] = self.ssl_policy
            settings["ssl-redirect"] = "443"
        if self.subnets:
            settings["subnets"] = ",".join(self.subnets)
        if self.inbound_cidrs:
            settings["inbound-cidrs"] = ",".join(self.inbound_cidrs)
        return {ALB + name: value for name, value in settings.items()}


@dataclass(frozen=True, kw_only=True)
class HealthCheck:
    """How the load balancer asks a target whether it is well.

    Args:
        path: answers one of `success_codes` without authentication.
        port: "traffic-port" is the NodePort or the pod's port that requests go to.
        success_codes: for example "200" or "200-299".
    """

    path: str
    port: str = "traffic-port"
    success_codes: str = "200"

    def annotations(self) -> dict[str, str]:
        return {
            f"{ALB}healthcheck-path": self.path,
            f"{ALB}healthcheck-port": self.port,
            f"{ALB}success-codes": self.success_codes,
        }
