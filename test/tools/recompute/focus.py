"""Rows of focus_cost: the ledger in the columns of FOCUS 1.0, from recomputed charges."""

import json
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from registry import PLACES, SECOND
from rows import Ns
from views import whose

UNKNOWN = ("AvailabilityZone", "RegionId", "RegionName")
DISCOUNT = ("Category", "Id", "Name", "Status", "Type")


def focus_rows(charges, facts):
    """A charge without a known cost has no place in FOCUS, nor has a copy."""
    for made in charges:
        if made.cost is not None and made.state != "superseded":
            yield focus_row(made, facts)


def midnight(day, zone):
    return Ns(int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * SECOND)


def focus_row(made, facts):
    step, own, zone = made.step, whose(made), facts.timeline.zone
    day = facts.timeline.day(step.end)
    month = day.replace(day=1)
    tokens = sum(made.tokens[name] for name in ("input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens"))
    quantity, unit = (tokens, "Tokens") if tokens else (1, "Calls")
    price = (made.cost / quantity).quantize(PLACES, ROUND_DOWN)
    issuer = made.provider or "internal"
    sku = made.tool or made.model
    agent, team = step.agent.id, own["team"] or None
    names = {"environment": step.place, "tenant": own["tenant"], "owner_department": own["owner_department"]}
    return {
        **dict.fromkeys((*UNKNOWN, *(f"CommitmentDiscount{name}" for name in DISCOUNT), "ChargeClass")),
        **dict.fromkeys(("BilledCost", "ContractedCost", "EffectiveCost", "ListCost"), made.cost),
        "BillingAccountId": own["cost_center"] or "unattributed",
        "BillingAccountName": own["department"] or "unattributed",
        "BillingCurrency": step.version.currency,
        "BillingPeriodStart": midnight(month, zone),
        "BillingPeriodEnd": midnight((month + timedelta(days=32)).replace(day=1), zone),
        "ChargePeriodStart": midnight(day, zone),
        "ChargePeriodEnd": midnight(day + timedelta(days=1), zone),
        **dict.fromkeys(("ChargeCategory", "ChargeType"), "Usage"),
        "ChargeDescription": f"Call of {made.tool}" if made.tool else f"Inference by {made.model}",
        "ChargeFrequency": "Usage-Based",
        **dict.fromkeys(("ConsumedQuantity", "PricingQuantity"), Decimal(quantity)),
        **dict.fromkeys(("ConsumedUnit", "PricingUnit"), unit),
        **dict.fromkeys(("ContractedUnitPrice", "ListUnitPrice"), price),
        **dict.fromkeys(("InvoiceIssuerName", "InvoiceIssuer", "ProviderName", "Provider", "PublisherName", "Publisher"), issuer),
        **dict.fromkeys(("ResourceId", "ResourceID", "ResourceName", "x_Agent"), agent),
        "ResourceType": "AI Agent",
        "ServiceCategory": "AI and Machine Learning",
        "ServiceName": "Agent tools" if made.kind == "tool" else "Model inference",
        "SkuId": sku,
        **dict.fromkeys(("SubAccountId", "SubAccountName"), team),
        "Tags": json.dumps({**names, "task": made.run.task, "run": made.run.id}, separators=(",", ":")),
        "x_EntryId": made.id,
        "x_Department": own["department"],
        "x_OwnerDepartment": own["owner_department"],
        "x_CostCenter": own["cost_center"],
        "x_UserId": own["user_id"],
        "x_TaskId": made.run.task,
        "x_RunId": made.run.id,
        "x_State": made.state,
        "x_InputTokens": made.tokens["input_tokens"],
        "x_CachedInputTokens": made.tokens["cached_input_tokens"],
        "x_CacheWriteTokens": made.tokens["cache_write_tokens"],
        "x_OutputTokens": made.tokens["output_tokens"],
    }
