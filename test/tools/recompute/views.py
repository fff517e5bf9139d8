"""Rows of the documented views, as their columns are described, from recomputed tasks, charges, approvals and scores."""

from collections import Counter, defaultdict
from decimal import Decimal
from math import log

from money import TOKENS, summed
from people import MS
from policy import offences
from rows import Latest, Ns, quarter, sampled_part, spent, whole

PEOPLE = {"edited", "rejected"}
DIGESTS = ("arguments_digest", "arguments_shape_digest", "result_digest")


def human_work(task, approvals):
    """(planned, unplanned, either, steps, timed, ms): each decision once, wherever it was told."""
    planned = unplanned = either = steps = 0
    for one in approvals:
        asked_for = one.decision not in ("pending", "expired") and one.rule != "emitter" and one.decided_by != ""
        overruled = one.decision in PEOPLE
        planned += asked_for
        unplanned += overruled
        either += asked_for or overruled
        steps += overruled or (one.decision == "approved" and one.decided_by != "")
    others = [step for run in [*task.runs, *task.judges] for step in run.steps if step.approval is None]
    takeovers = sum(step.handoff is True for step in others)
    timed = [one.human_ms for one in [*approvals, *others] if one.human_ms is not None]
    return planned, unplanned + takeovers, either + takeovers, steps + takeovers, len(timed), sum(timed)


def task_rows(tasks, facts, now):
    for task in tasks.values():
        outcome, source, evidence, by, decided = task.outcome(now)
        planned, unplanned, either, steps, timed, human_ms = human_work(task, facts.approvals_of[(task.id, task.environment)])
        cost, unpriced = summed(task.charges)
        run_calls = [step for run in task.runs for step in run.calls]
        tools = [step for step in run_calls if step.kind == "tool"]
        agent, lead = task.agent, task.lead
        yield {
            "task_id": task.id,
            "task_ref": task.ref,
            "run_ids": [run.id for run in task.runs],
            "trace_ids": list(dict.fromkeys(run.trace for run in task.runs)),
            "conversation_id": task.conversation,
            "agent": agent.id,
            "agents": task.agents(),
            "registered": int(agent.registered),
            "environment": task.environment,
            "stage": agent.stage,
            "task_type": task.type,
            "department": task.whose["department"],
            "owner_department": agent.department,
            "team": task.whose["team"],
            "owner_team": agent.owner_team,
            "cost_center": task.whose["cost_center"],
            "owner_cost_center": agent.cost_center,
            "tenant": task.whose["tenant"],
            "user_id": task.whose["user"],
            "outcome": outcome,
            "outcome_source": source,
            "outcome_evidence": evidence,
            "outcome_by": by,
            "decided_at": None if decided is None else Ns(decided),
            "verdicts": [{"outcome": o, "source": s, "at": Ns(at), "evidence": e, "by": b} for o, s, at, e, b in task.verdicts()],
            "started_at": Ns(task.start),
            "ended_at": Ns(task.end),
            "duration_ms": (task.end - task.start) / MS,
            "model_calls": sum(step.calls_model for step in run_calls),
            "tool_calls": len(tools),
            "inferred_tool_calls": 0,
            "tool_errors": sum(step.failed for step in tools),
            "handoffs": sum(step.handoff is False for step in task.steps),
            "human_interventions": either,
            "planned_interventions": planned,
            "unplanned_interventions": unplanned,
            "human_steps": steps,
            "human_timed": timed,
            "human_ms": human_ms,
            "loops": task.findings,
            "offences": offences(task.runs, facts.calls),
            **{name: sum(made.tokens[name] for made in task.charges) for name in TOKENS},
            "cost": cost,
            "currency": facts.currency,
            "unpriced_calls": unpriced,
            "sampled_share": min(step.share for step in task.steps),
            "telemetry": agent.telemetry,
            "registry_version": lead.version.hash,
        }


def step_rows(runs):
    for run in runs:
        for step in run.steps:
            tool, model = step.tool or {}, step.model or {}
            entry = step.agent.tool(tool.get("name", "")) or {} if tool else {}
            usage = model.get("usage") or dict.fromkeys(TOKENS, 0)
            yield {
                "trace_id": step.trace,
                "span_id": step.span,
                "parent_span_id": step.parent_span,
                "run_id": run.id,
                "task_id": run.task,
                "kind": step.kind,
                "name": step.item.name,
                "agent": step.agent.id,
                "environment": step.place,
                "user_id": step.whose["user"],
                "tool": tool.get("name", ""),
                "tool_call_id": tool.get("call", ""),
                "effect": (tool.get("effect") or entry.get("effect", "")) if tool else "",
                "risk": entry.get("risk", "") if tool else "",
                "resource": (tool.get("resource") or entry.get("resource", "")) if tool else "",
                "amount": tool.get("amount"),
                "amount_currency": tool.get("currency", ""),
                **{name: step.item.attributes.get(f"agentops.tool.{name.replace('_digest', '.digest').replace('arguments_shape.', 'arguments.shape_')}", "") for name in DIGESTS},
                "approval_id": "" if step.approval is None else step.item.attributes.get("agentops.approval.id", ""),
                "model": model.get("answered") or model.get("asked", ""),
                "request_model": model.get("asked", ""),
                "provider": model.get("provider", ""),
                "response_id": model.get("response", ""),
                "started_at": Ns(step.start),
                "ended_at": Ns(step.end),
                "duration_ms": (step.end - step.start) / MS,
                "status": step.status,
                "status_message": step.item.message,
                "error_type": step.error,
                "usage_known": int(model.get("usage") is not None),
                **usage,
                "counted": int(step.counted),
                "failed": int(step.counted and step.failed),
                "inferred": 0,
                "waiting": int(step.waiting),
                "service": step.service,
            }


def entry_rows(charges, facts):
    for made in charges:
        step, agent = made.step, made.step.agent
        yield {
            "entry_id": made.id,
            "at": Ns(step.end),
            "kind": made.kind,
            "task_id": made.run.task,
            "run_id": made.run.id,
            "trace_id": step.trace,
            "span_id": step.span,
            "agent": agent.id,
            "environment": step.place,
            **whose(made),
            "provider": made.provider,
            "model": made.model,
            "tool": made.tool,
            **made.tokens,
            "cache_write_5m_tokens": 0,
            "cache_write_1h_tokens": 0,
            "usage_known": int(made.known),
            "reported_amount": None,
            "reported_currency": "",
            "amount": made.amount,
            "amount_currency": made.currency,
            "cost": made.cost,
            "currency": step.version.currency,
            "state": made.state,
        }


def whose(made):
    step, agent = made.step, made.step.agent
    return {
        "department": step.whose["department"],
        "owner_department": agent.department,
        "team": step.whose["team"],
        "owner_team": agent.owner_team,
        "cost_center": step.whose["cost_center"],
        "owner_cost_center": agent.cost_center,
        "tenant": step.whose["tenant"],
        "user_id": step.whose["user"],
    }


def department_rows(task_rows, tasks, charges, facts):
    rows = defaultdict(lambda: {"cost": Decimal(0), "tasks": 0, "unpriced_calls": 0, "sampled_tasks": 0})
    for made in charges:
        step = made.step
        own = whose(made)
        key = (facts.day(step.end), own["department"], own["owner_department"], own["cost_center"], step.agent.id, step.place)
        rows[key]["cost"] += made.cost or 0
        rows[key]["unpriced_calls"] += made.cost is None
    for row, task in zip(task_rows, tasks.values()):
        key = (facts.day(task.start), task.whose["department"], task.agent.department, task.whose["cost_center"], task.agent.id, task.environment)
        rows[key]["tasks"] += 1
        rows[key]["sampled_tasks"] += sampled_part(row) > 0
    names = ("day", "department", "owner_department", "cost_center", "agent", "environment")
    for key, row in rows.items():
        yield {**dict(zip(names, key)), "currency": facts.currency, **row}


def per_task_rows(tasks, facts, now):
    """cost_per_task: people's time where it was measured, as the organisation assumes it where not."""
    for row, task in zip(task_rows(tasks, facts, now), tasks.values()):
        organisation = task.lead.version.organisation
        minutes, steps, timed = organisation.get("human_review_minutes"), row["human_steps"], row["human_timed"]
        kind = "none" if steps == timed == 0 else "measured" if timed >= steps else "unknown" if minutes is None else "estimated"
        ms = None if kind == "unknown" else row["human_ms"] + int((minutes or 0) * 60_000) * max(0, steps - timed)
        hourly = organisation.get("human_review_hourly_cost")
        human = Decimal(0) if kind == "none" else None
        if kind not in ("none", "unknown") and hourly is not None:
            human = spent(hourly, ms, task.lead.version, task.end)
        waits = [one for one in facts.approvals_of[(task.id, task.environment)] if one.wait_ms is not None]
        working = [one.working_ms(facts.timeline, now) for one in waits]
        same = ("task_id", "task_ref", "task_type", "agent", "environment", "stage", "department", "owner_department", "cost_center")
        more = ("tenant", "user_id", "outcome", "started_at", "ended_at", "cost", "unpriced_calls", "human_steps", "human_timed", "currency")
        yield {
            **{name: row[name] for name in same + more},
            "human_time": kind,
            "human_ms": ms,
            "wait_ms": whole(sum(one.wait_ms for one in waits)),
            "wait_working_ms": None if None in working else whole(sum(working)),
            "human_cost": human,
            "cost_with_human": None if human is None or row["cost"] is None else row["cost"] + human,
        }


def conservation_totals(runs, received):
    """Received, and what of it is stored once: by signal."""
    stored = Counter(step.item.signal for run in runs for step in run.steps)
    for signal in (one for one in received if received[one]):
        yield {"signal": signal, "received": received[signal], "stored": stored[signal]}


def quarters(rows, at, dimensions, sums):
    """Sums by quarters of an hour: `sums` gives each row's part of each column."""
    groups = {}
    for row in rows:
        key = (quarter(row[at]), *(str(row[name]) for name in dimensions))
        made = groups.setdefault(key, {"at": Ns(key[0]), **{name: row[name] for name in dimensions}})
        for name, part in sums(row).items():
            made[name] = joined(name, made[name], part) if name in made else part
    return list(groups.values())


def joined(name, one, other):
    """Of times the latest; what is not known adds nothing."""
    if name.startswith("last_"):
        return max(one, other)
    return other if one is None else one if other is None else one + other


TASK_DIMENSIONS = ("agent", "agents", "environment", "stage", "registered", "task_type", "department", "owner_department", "outcome", "outcome_source")


def millionths(number):
    """Of its natural logarithm."""
    return round(1_000_000 * log(number))


def task_total_rows(tasks):
    def sums(row):
        whole_cost = row["cost"] is not None and row["cost"] > 0 and row["unpriced_calls"] == 0
        return {
            "tasks": 1,
            "planned_tasks": row["planned_interventions"] > 0,
            "unplanned_tasks": row["unplanned_interventions"] > 0,
            **{name: row[name] for name in ("model_calls", "tool_calls", "tool_errors", "unpriced_calls")},
            "costed_tasks": row["cost"] is not None,
            "sampled_runs": sampled_part(row),
            "cost": row["cost"],
            "last_at": row["ended_at"],
            "last_run_id": Latest((row["ended_at"], row["run_ids"][-1])),
            "whole_costs": whole_cost,
            "log_cost": millionths(float(row["cost"]) if whole_cost else 1),
            "log_tool_calls": millionths(1 + row["tool_calls"]),
            "log_duration": millionths(1 + float(row["duration_ms"])),
        }

    return quarters(tasks, "ended_at", TASK_DIMENSIONS, sums)


COST_DIMENSIONS = (
    *("kind", "agent", "environment", "department", "owner_department", "team", "owner_team", "cost_center"),
    *("owner_cost_center", "tenant", "user_id", "provider", "model", "tool", "state", "currency"),
)


def cost_total_rows(entries):
    def sums(row):
        return {"calls": 1, **{name: row[name] for name in TOKENS}, "cost": row["cost"], "unpriced_calls": row["cost"] is None}

    return quarters(entries, "at", COST_DIMENSIONS, sums)


def tool_total_rows(steps):
    called = [row for row in steps if row["kind"] == "tool" and row["counted"]]
    dimensions = ("agent", "environment", "tool", "effect", "risk")
    return quarters(called, "started_at", dimensions, lambda row: {"calls": 1, "errors": row["failed"], "last_at": row["started_at"]})
