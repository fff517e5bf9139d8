"""What each item is: its kind, and the facts that it bears, by the OpenTelemetry GenAI conventions and agentops.*."""

from decimal import Decimal

from otlp import LOG_EVENTS

OPERATIONS = {
    "chat": "llm",
    "text_completion": "llm",
    "generate_content": "llm",
    "embeddings": "embedding",
    "retrieval": "retrieval",
    "execute_tool": "tool",
    "invoke_agent": "run",
    "invoke_workflow": "workflow",
}
KINDS = {
    *("run", "workflow", "llm", "embedding", "tool", "handoff"),
    *("retrieval", "approval", "evaluation", "guardrail", "other"),
}
OUTCOMES = {"success", "failure", "escalated", "stopped", "cancelled", "unknown"}
SOURCES = ["human", "system", "evaluator", "agent", "emitter"]
WAITS = {"GraphInterrupt", "NodeInterrupt", "ApprovalRequired", "CallDeferred"}
CANCELLED = {"AbortError", "CancelledError", "asyncio.CancelledError", "Canceled", "Cancelled"}
ENVIRONMENT = ("deployment.environment.name", "deployment.environment")
CLAIMS = {
    "conversation": ("gen_ai.conversation.id", "session.id"),
    "user": ("user.id", "enduser.id"),
    "tenant": ("agentops.tenant.id", "tenant.id"),
    "department": ("agentops.department", "department"),
    "team": ("agentops.team", "team.id", "team"),
    "cost_center": ("agentops.cost_center", "cost_center"),
    "task": ("agentops.task.id",),
    "task_type": ("agentops.task.type",),
    "task_ref": ("agentops.task.ref",),
}
RESOURCE = {
    "user": ("user.id", "enduser.id"),
    "tenant": ("agentops.tenant.id", "tenant.id"),
    "department": ("agentops.department", "department"),
    "team": ("agentops.team", "team.id", "team"),
    "cost_center": ("agentops.cost_center", "cost_center"),
}


def first(values, names):
    return next((str(values[name]) for name in names if name in values), "")


def integer(values, *names):
    found = first(values, names)
    return int(found) if found != "" else None


def kind_of(item):
    """None for what is no step of an agent."""
    if item.signal == "logs" and item.event in LOG_EVENTS:
        return LOG_EVENTS[item.event]
    found = item.attributes
    if item.signal == "logs" and not {"agentops.kind", "agentops.task.outcome"} & set(found):
        return None
    if found.get("agentops.kind") in KINDS:
        return found["agentops.kind"]
    if "agentops.approval.event" in found:
        return "approval"
    if "agentops.escalation.channel" in found:
        return "handoff"
    if found.get("gen_ai.operation.name") in OPERATIONS:
        return OPERATIONS[found["gen_ai.operation.name"]]
    if "gen_ai.evaluation.name" in found:
        return "evaluation"
    ours = any(key.startswith(("gen_ai.", "agentops.")) for key in found)
    return "other" if ours else None


class Step:
    """An item that is a step of an agent."""

    def __init__(self, item, kind):
        self.item, self.kind = item, kind
        found = item.attributes
        self.trace, self.span, self.parent_span = item.trace, item.span, item.parent
        self.start, self.end = item.start, item.end
        self.service = first(item.resource, ("service.name",))
        self.namespace = first(item.resource, ("service.namespace",))
        self.environment = first(item.resource, ENVIRONMENT)
        self.claims = {name: first(found, keys) for name, keys in CLAIMS.items()}
        self.of_resource = {name: first(item.resource, keys) for name, keys in RESOURCE.items()}
        self.agent_name = first(found, ("gen_ai.agent.name",)) if kind != "llm" else ""
        self.agent_version = first(found, ("agentops.agent.version", "gen_ai.agent.version"))
        self.error = first(found, ("error.type",))
        word = item.message.split(":")[0].split(" ")[0]
        self.waiting = self.error in WAITS or word in WAITS
        failed = item.status == 2 or (item.status != 1 and self.error != "")
        self.status = "unset" if self.waiting else "error" if failed else "ok" if item.status == 1 else "unset"
        self.human_ms = None if "agentops.human.time_s" not in found else round(float(found["agentops.human.time_s"]) * 1000)
        self.share = sampled_share(item.state)
        self.model, self.tool = self.read_model(), self.read_tool()
        # None for no hand-over; True for one to people.
        self.handoff = None if kind != "handoff" else "agentops.escalation.channel" in found
        if kind == "tool" and self.tool["name"].startswith("transfer_to_"):
            self.handoff = "human" in self.tool["name"].split("_")
        self.approval = self.read_approval() if kind == "approval" else None
        self.score = self.read_score() if kind == "evaluation" else None
        self.verdict = self.read_verdict()
        # Filled by the tree.
        self.parent = self.run = self.invocation = None
        self.lost = self.counted = self.failed = False

    def read_model(self):
        found = self.item.attributes
        says = {"gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"} & set(found)
        if self.kind not in ("llm", "embedding") and not says:
            return None
        usage = None
        if says:
            cached = integer(found, "gen_ai.usage.cache_read.input_tokens") or 0
            written = integer(found, "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_write.input_tokens") or 0
            usage = {
                "input_tokens": (integer(found, "gen_ai.usage.input_tokens") or 0) - cached - written,
                "cached_input_tokens": cached,
                "cache_write_tokens": written,
                "output_tokens": integer(found, "gen_ai.usage.output_tokens") or 0,
                "reasoning_tokens": integer(found, "gen_ai.usage.reasoning.output_tokens") or 0,
            }
        return {
            "provider": first(found, ("gen_ai.provider.name",)),
            "asked": first(found, ("gen_ai.request.model",)),
            "answered": first(found, ("gen_ai.response.model",)),
            "response": first(found, ("gen_ai.response.id",)) if self.kind in ("llm", "embedding") else "",
            "usage": usage,
        }

    def read_tool(self):
        if self.kind not in ("tool", "handoff", "approval"):
            return None
        found = self.item.attributes
        amount = first(found, ("agentops.tool.amount",))
        return {
            "name": first(found, ("gen_ai.tool.name",)),
            "call": first(found, ("gen_ai.tool.call.id",)),
            "amount": None if amount == "" else Decimal(amount),
            "currency": "" if amount == "" else first(found, ("agentops.tool.currency",)),
            "effect": first(found, ("agentops.tool.side_effect",)),
            "resource": first(found, ("agentops.tool.resource",)),
        }

    def read_approval(self):
        found = self.item.attributes
        decision = first(found, ("agentops.approval.decision",))
        event = first(found, ("agentops.approval.event",))
        return {
            "id": first(found, ("agentops.approval.id",)) or f"{self.trace}-{self.span}",
            "asks": event == "requested" or (event == "" and decision == ""),
            "asks_too": event == "" and decision != "",
            "rule": first(found, ("agentops.approval.rule",)) or ("emitter" if event == "" else ""),
            "decision": decision,
            "channel": first(found, ("agentops.approval.channel",)),
            "reviewer": first(found, ("agentops.approval.reviewer",)),
            "requested_by": first(found, ("agentops.approval.requested_by",)),
            "sla_ms": round(float(found.get("agentops.approval.sla_s", 0)) * 1000),
        }

    def read_score(self):
        found = self.item.attributes
        return {
            "name": first(found, ("gen_ai.evaluation.name",)),
            "score": found.get("gen_ai.evaluation.score.value"),
            "label": first(found, ("gen_ai.evaluation.score.label",)),
            "evaluator": first(found, ("agentops.evaluation.evaluator",)) or "evaluator",
            "response": first(found, ("gen_ai.response.id",)),
        }

    def read_verdict(self):
        """(outcome, source, time, evidence) as the step itself claims it."""
        found = self.item.attributes
        outcome = first(found, ("agentops.task.outcome",))
        if outcome == "":
            return None
        source = first(found, ("agentops.task.outcome.source",))
        evidence = first(found, ("agentops.task.outcome.evidence",))
        if outcome not in OUTCOMES:
            outcome, evidence = "unknown", f"not an outcome: {outcome}"
        return (outcome, source if source in SOURCES else "agent", self.end, evidence)

    @property
    def calls_model(self):
        return self.kind in ("llm", "embedding")

    @property
    def invokes(self):
        return self.kind in ("run", "workflow")


def sampled_share(state):
    """1 − th / 2^56 of `ot=th:…` (OpenTelemetry, probability sampling); 1 without."""
    for entry in state.split(","):
        name, _, value = entry.strip().partition("=")
        for part in value.split(";") if name == "ot" else []:
            if part.startswith("th:"):
                return 1 - int(part[3:].ljust(14, "0"), 16) / 2**56
    return 1.0
