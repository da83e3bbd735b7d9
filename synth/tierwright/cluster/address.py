"""The certificate of the platform's host, and the records that lead there."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from tierwright.cluster.script import Section, wanted
from tierwright.compose.plan import Plan
from tierwright.description.environments import AlbIngress, Aws

_PLACEHOLDER = "00000000-0000-0000-0000-000000000000"


def certificate_section(plan: Plan) -> Section:
    """Request the certificate that the description names, where it names none yet."""
    ingress, aws = plan.environment.ingress, plan.environment.aws
    lines = list(_certificate(ingress, aws)) if aws is not None and isinstance(ingress, AlbIngress) else []
    return Section(
        "The certificate",
        [
            "A wildcard covers one level and not the name above it: the certificate carries every name. The",
            "record proves the domain to ACM, which renews by it. Write the ARN into platform.yaml.",
        ],
        lines,
    )


def _certificate(ingress: AlbIngress, aws: Aws) -> Iterator[str]:
    first, *others = ingress.certificate.names
    yield wanted("ZONE", "the id of the hosted zone of the domain: aws route53 list-hosted-zones tells it")
    if not ingress.certificate.arn.endswith(_PLACEHOLDER):
        yield f"certificate={ingress.certificate.arn}"
    else:
        names = " ".join(map(shlex.quote, others))
        alternatives = f" --subject-alternative-names {names}" if others else ""
        yield f"certificate=$(aws acm request-certificate --region {aws.region} --validation-method DNS \\"
        yield f"  --domain-name {shlex.quote(first)}{alternatives} --query CertificateArn --output text)"
        yield f'echo "certificate.arn in platform.yaml ({ingress.certificate.origin}): $certificate"'
    query = "Certificate.DomainValidationOptions[].ResourceRecord.[Name,Value]"
    yield "sleep 10  # ACM names the records a moment later"
    yield f'aws acm describe-certificate --region {aws.region} --certificate-arn "$certificate" \\'
    yield f"  --query '{query}' --output text | sort -u | while read -r name value; do"
    yield '  aws route53 change-resource-record-sets --hosted-zone-id "$ZONE" --change-batch \\'
    yield f'    "{_upsert("$name", "CNAME", _value("$value"))}"'
    yield "done"
    yield f'aws acm wait certificate-validated --region {aws.region} --certificate-arn "$certificate"'


def records_section(plan: Plan) -> Section:
    """Lead the host to the load balancer, once the first sync has made it."""
    ingress, aws = plan.environment.ingress, plan.environment.aws
    if aws is None or not isinstance(ingress, AlbIngress):
        return Section("", [], [])
    hostname = "{.items[0].status.loadBalancer.ingress[0].hostname}"
    load_balancer = "LoadBalancers[?DNSName=='$balancer'].CanonicalHostedZoneId"
    alias = (
        '\\"AliasTarget\\":{\\"HostedZoneId\\":\\"$its_zone\\",\\"DNSName\\":\\"$balancer\\",'
        '\\"EvaluateTargetHealth\\":false}'
    )
    return Section(
        "The host leads to the load balancer",
        ["The controller has made it with the first sync: all Ingresses share one."],
        [
            f"balancer=$(kubectl get ingress --all-namespaces --output=jsonpath='{hostname}')",
            f"its_zone=$(aws elbv2 describe-load-balancers --region {aws.region} --output text \\",
            f'  --query "{load_balancer}")',
            'aws route53 change-resource-record-sets --hosted-zone-id "$ZONE" --change-batch \\',
            f'  "{_upsert(ingress.host, "A", alias)}"',
        ],
    )


def _value(value: str) -> str:
    return f'\\"TTL\\":300,\\"ResourceRecords\\":[{{\\"Value\\":\\"{value}\\"}}]'


def _upsert(name: str, kind: str, rest: str) -> str:
    record = f'{{\\"Name\\":\\"{name}\\",\\"Type\\":\\"{kind}\\",{rest}}}'
    return f'{{\\"Changes\\":[{{\\"Action\\":\\"UPSERT\\",\\"ResourceRecordSet\\":{record}}}]}}'
