"""Rows of the views on people and rules: approvals, calls, samples, scores, violations, disagreement, loops."""

from collections import defaultdict
from math import sqrt

from rows import Ns, quarter

Z = 1.959963984540054


def wilson(good, total):
    """(low, high) of Wilson's interval (1927) at 95 %, as shares."""
    share = good / total
    middle = (share + Z * Z / (2 * total)) / (1 + Z * Z / total)
    half = Z * sqrt(max(0, share * (1 - share) / total + Z * Z / (4 * total * total))) / (1 + Z * Z / total)
    return max(0.0, middle - half), min(1.0, middle + half)


def approval_rows(approvals, facts, now):
    for one in approvals:
        due = one.late_at(facts.timeline, now)
        yield {
            "approval_id": one.id,
            "trace_ids": one.traces,
            "task_id": one.run.task,
            "run_id": one.run.id,
            "span_id": one.step.span,
            "tool_call_id": one.call,
            "agent": one.agent,
            "environment": one.environment,
            "tool": one.tool,
            "amount": one.amount,
            "amount_currency": one.currency,
            "requested_by": one.requested_by,
            "rule": one.rule,
            "requested_at": Ns(one.start),
            "decided_at": None if one.decided is None else Ns(one.decided),
            "decision": one.decision,
            "channel": one.channel,
            "reviewer": one.reviewer,
            "wait_ms": one.wait_ms,
            "wait_working_ms": None if one.decided is None else floated(one.working_ms(facts.timeline, now)),
            "sla_ms": one.sla_ms,
            "late_at": None if due is None else Ns(due),
            "late": int(one.late(facts.timeline, now)),
        }


def floated(number):
    return None if number is None else float(number)


def call_rows(calls):
    for call in calls:
        step, asked = call.step, call.approval
        yield {
            "trace_id": step.trace,
            "span_id": step.span,
            "run_id": call.run.id,
            "task_id": call.run.task,
            "agent": step.agent.id,
            "environment": step.place,
            "tool": step.tool["name"],
            "tool_call_id": step.tool["call"],
            "amount": step.tool["amount"],
            "amount_currency": step.tool["currency"],
            "user_id": step.whose["user"],
            "started_at": Ns(step.start),
            "ended_at": Ns(step.end),
            "rule": call.rule,
            "percent": float(call.percent),
            "joined_by": call.way,
            "approval_id": asked.id if asked else "",
            "decision": asked.decision if asked else "",
            "decided_at": Ns(asked.decided) if asked and asked.decided is not None else None,
            "reviewer": asked.reviewer if asked else "",
            "requested_by": asked.requested_by if asked else "",
            "status": call.status(),
        }


def sample_rows(calls, facts):
    groups = defaultdict(list)
    for call in calls:
        if call.rule == "sample":
            month = facts.day(call.step.start)[:8] + "01"
            groups[(month, call.step.agent.id, call.step.place, call.step.tool["name"], call.percent)].append(call)
    for (month, agent, place, tool, percent), members in groups.items():
        sampled = sum(call.approval is not None for call in members)
        low, high = wilson(sampled, len(members))
        times = [call.step.start for call in members]
        yield {
            "month": month,
            "agent": agent,
            "environment": place,
            "tool": tool,
            "percent": float(percent),
            "calls": len(members),
            "sampled": sampled,
            "share": 100 * sampled / len(members),
            "share_low": 100 * low,
            "share_high": 100 * high,
            "short": int(100 * high < percent),
            "run_id": max((call.step.start, call.run.id) for call in members)[1],
            "first_seen": Ns(min(times)),
            "last_seen": Ns(max(times)),
        }


def score_rows(scores):
    for one in scores:
        yield {
            "at": Ns(one.step.end),
            "run_id": one.run_id,
            "task_id": one.task,
            "trace_id": one.trace,
            "agent": one.agent,
            "name": one.name,
            "score": None if one.score is None else float(one.score),
            "label": one.label,
            "evaluator": one.evaluator,
            "environment": one.environment,
            "record_trace_id": one.step.trace,
            "record_span_id": one.step.span,
            "joined_by": one.way,
        }


VIOLATION = ("agent", "environment", "kind", "subject")


def seen(key, times):
    first, (last, run) = times[0][0], times[-1]
    return {**dict(zip(VIOLATION, key)), "first_seen": Ns(first), "last_seen": Ns(last), "count": len(times), "run_id": run}


def violation_total_rows(violations):
    """By the quarter in which a trace showed it last."""
    for key, times in violations.items():
        traces, quarters = defaultdict(list), defaultdict(list)
        for one in times:
            traces[one[1].split("-")[0]].append(one)
        for shown in traces.values():
            quarters[quarter(shown[-1][0])] += shown
        for at, shown in quarters.items():
            # Of two traces the one that showed it last.
            yield {"at": Ns(at), **seen(key, sorted(shown))}


def violation_rows(violations, samples, now):
    """What was seen until now; silence has a test of its own."""
    for key, times in violations.items():
        past = [one for one in times if one[0] <= now]
        if past:
            yield {"at": Ns(past[-1][0]), **seen(key, past)}
    for row in samples:
        if row["short"]:
            most, asked = (f"{round(row[name], 1):g} %" for name in ("share_high", "percent"))
            counted = f"{row['tool']}: {row['sampled']} of {row['calls']} in {row['month'][:7]}"
            said = f"{counted}, at most {most} where {asked} are asked for"
            yield {
                "agent": row["agent"],
                "environment": row["environment"],
                "kind": "sample_short",
                "subject": said,
                "first_seen": row["first_seen"],
                "last_seen": row["last_seen"],
                "at": row["last_seen"],
                "run_id": row["run_id"],
                "count": row["calls"] - row["sampled"],
            }


def disagreement_rows(counts):
    pairs = ("agent_human", "agent_system", "agent_evaluator", "evaluator_human", "system_human")
    for (day, agent, environment), row in counts.items():
        twice = row["judged_by_two"]
        yield {
            "day": day,
            "agent": agent,
            "environment": environment,
            **{name: row[name] for name in ("tasks", "judged_by_two", "disagreed", "overclaimed")},
            "share": row["disagreed"] / twice if twice else None,
            **{name: row[name] for name in pairs},
            **{f"{name}_disagreed": row[f"{name}_disagreed"] for name in pairs},
        }


def misjudged(runs, findings):
    """Exact repeats that no loop finding is about, and findings of repeats where nothing is repeated."""
    often, never = repeated_calls(runs)
    about = {row["run_id"] for row in findings}
    exact = {row["run_id"] for row in findings if row["pattern"] in ("same_call", "no_progress")}
    out = [f"loop_findings {run}: the same call four times, and no finding" for run in sorted(often - about)]
    return out + [f"loop_findings {run}: a finding, and no call is repeated" for run in sorted(never & exact)]


def repeated_calls(runs):
    """Runs in which an agent makes the same call, with the same result, four times in a row, and runs that never do so twice."""
    often, never = set(), set()
    for run in runs:
        streaks, most, last = defaultdict(int), 1, {}
        for step in run.steps:
            if step.kind != "tool" or not step.counted:
                continue
            facts = step.item.attributes
            call = (step.tool["name"], facts.get("agentops.tool.arguments.digest"), facts.get("agentops.tool.result.digest"))
            lane = id(step.invocation)
            quick = lane in last and last[lane][0] == call and step.start - last[lane][1] < 5_000_000_000
            plain = call[1] is not None and not (step.agent.tool(step.tool["name"]) or {}).get("repeats")
            streaks[lane] = streaks[lane] + 1 if quick and plain else 1
            last[lane] = (call, step.end)
            most = max(most, streaks[lane])
        if most >= 4:
            often.add(run.id)
        if most == 1:
            never.add(run.id)
    return often, never
