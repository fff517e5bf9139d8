"""Rows of the views on objectives, budgets and months to come."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from judged import wilson
from money import summed
from registry import SECOND, money, seconds
from rows import Ns, quarter, sampled_part

DIRECTIONS = {
    "planned_human_share": "none",
    "tool_calls_per_task": "lower",
    "cost_per_task": "lower",
    "task_latency": "lower",
}
SHARES = {"task_success", "planned_human_share", "unplanned_human_share", "loop_free", "tool_success", "policy_clean", "reviewer_response"}


def sli_rows(task_rows, approval_rows, scores):
    """An event of each SLI as registry/docs/slis.md describes them."""
    for row in task_rows:
        if row["outcome"] == "open":
            continue
        priced = row["cost"] is not None and row["unpriced_calls"] == 0
        tools = row["tool_calls"]
        decided = row["decided_at"] if row["decided_at"] is not None else row["ended_at"]
        events = (
            ("task_success", row["outcome"] != "unknown", row["outcome"] == "success", None, decided),
            ("tool_calls_per_task", 1, None, tools, None),
            ("planned_human_share", 1, row["planned_interventions"] > 0, None, None),
            ("unplanned_human_share", 1, row["unplanned_interventions"] == 0, None, None),
            ("cost_per_task", priced, None, row["cost"], None),
            ("task_latency", 1, None, row["duration_ms"], None),
            ("loop_free", 1, row.get("loops", 0) == 0, None, None),
            ("tool_success", tools, tools - row["tool_errors"], None, None),
            ("policy_clean", 1, row["offences"] == 0, None, None),
        )
        for sli, total, good, value, deciding in events:
            yield event(sli, row["agent"], row["environment"], row["task_id"], row["ended_at"], deciding, total, good, value)
    for row in approval_rows:
        if row["sla_ms"] > 0 and (row["decision"] != "pending" or row["late"]):
            at = next(time for time in (row["decided_at"], row["late_at"], row["requested_at"]) if time is not None)
            yield event("reviewer_response", row["agent"], row["environment"], row["task_id"], at, None, 1, not row["late"], None)
    for one in scores:
        if one.score is not None:
            yield event("evaluation_score", one.agent, one.environment, one.task, Ns(one.step.end), None, 1, None, one.score)


def event(sli, agent, environment, task, at, decided, total, good, value):
    return {
        "sli": sli,
        "agent": agent,
        "environment": environment,
        "task_id": task,
        "at": at,
        "decided_at": at if decided is None else decided,
        "total": float(total),
        "good": None if good is None else float(good),
        "value": None if value is None else float(value),
        "direction": DIRECTIONS.get(sli, "higher"),
    }


def bound_of(objective, currency):
    """(text, number) of an at_most; None without one."""
    most = objective.get("at_most")
    if most is None:
        return "", None
    if not isinstance(most, str):
        return str(most), float(most)
    if " " in most:
        amount, of = money(most)
        return most, float(amount) if of == currency else None
    return most, 1000.0 * seconds(most)


def slo_rows(tasks, events, version, now):
    """Each objective of the registry as it stands now against the events of its window."""
    for agent in version.agents:
        for objective in agent.get("slos", []):
            sli, (text, most) = objective["sli"], bound_of(objective, version.currency)
            percent = objective.get("objective")
            percent = None if percent in (None, "measure") else float(percent)
            since = quarter(now - seconds(objective["window"]) * SECOND)
            own = [one for one in events if one["agent"] == agent["id"] and one["sli"] == sli and since <= one["at"] <= now]
            places = {one["environment"] for one in own}
            if not places & set(held(version)):
                places |= set(held(version)[:-1])
            for place in sorted(places):
                here = [one for one in own if one["environment"] == place]
                kept = [row for row in tasks if row["agent"] == agent["id"] and row["environment"] == place and row["ended_at"] >= since]
                yield {
                    **slo_row(agent["id"], sli, text, most, percent, objective["window"], place, here),
                    "sampled_runs": sum(sampled_part(row) for row in kept if row["outcome"] != "open"),
                }


def slo_row(agent, sli, text, most, percent, window, place, events):
    share = sli in SHARES or most is not None
    judged = [one for one in events if one["total"] > 0]
    total = sum(one["total"] for one in judged)
    if sli in SHARES:
        good = sum(one["good"] for one in judged)
    else:
        good = sum((one["value"] <= most) if share else one["value"] for one in judged)
    low, high = wilson(good, total) if share and total else (None, None)
    budget, gone = None, {}
    if percent is not None and percent < 100 and share and total and sli != "planned_human_share":
        allowed = total * (1 - percent / 100)
        budget = 1 - (total - good) / allowed
        if total - good > allowed:
            gone = {"exhausted_at": Ns(used_up(judged, sli, most, allowed))}
    return {
        **gone,
        "agent": agent,
        "slo": sli + (f" <= {text}" if text else ""),
        "sli": sli,
        "environment": place,
        "objective": percent,
        "window": window,
        "value": None if total == 0 else float(good / total * (100 if share else 1)),
        "numerator": float(good),
        "denominator": float(total),
        "value_low": None if low is None else 100 * low,
        "value_high": None if high is None else 100 * high,
        "coverage": 100 * len(judged) / len(events) if events else None,
        "budget_left": budget,
    }


def used_up(events, sli, most, allowed):
    """The quarter of an hour in which more was bad than is allowed."""
    bad = defaultdict(float)
    for one in events:
        good = one["good"] if sli in SHARES else one["value"] <= most
        bad[quarter(one["at"])] += one["total"] - good
    sum_so_far = 0.0
    for at in sorted(bad):
        sum_so_far += bad[at]
        if sum_so_far > allowed:
            return at


def held(version):
    """The environments that budgets take: those that are paged for, and work that names none."""
    return [*version.organisation.get("paged_environments", ["production"]), ""]


def spending(charges, version, now):
    """(kind, subject) → [(business day, cost or None)] of charges until now."""
    found = defaultdict(list)
    for made in charges:
        step = made.step
        if step.place not in held(version) or step.end > now or made.state == "superseded":
            continue
        subjects = (("organisation", ""), ("department", step.whose["department"]), ("agent", step.agent.id), ("user", step.whose["user"]))
        for subject in subjects:
            found[subject].append(made)
    return found


def budgets(version):
    for one in version.organisation.get("budgets", []):
        kind = "department" if "department" in one else "user"
        yield kind, one[kind], "alert", one
    for agent in version.agents:
        for one in agent.get("budgets", []):
            yield "agent", agent["id"], one.get("on_breach", "alert"), one


def converted(version, text, now):
    if text is None:
        return None
    amount, currency = money(text)
    return version.convert(amount, currency, now)


def budget_rows(tasks, charges, facts, now):
    version = facts.timeline.at(now)
    today = facts.timeline.day(now)
    month = today.replace(day=1)
    after = (month + timedelta(days=32)).replace(day=1)
    midnight = facts.timeline.midnight
    spent = spending(charges, version, now)
    for kind, subject, breach, one in budgets(version):
        per = one["per"]
        start, end = (today, today + timedelta(days=1)) if per == "day" else (month, after)
        soft, hard = converted(version, one.get("soft"), now), converted(version, one.get("hard"), now)
        limit = hard if hard is not None else soft
        mine = [made for made in spent[(kind, subject)] if quarter(made.step.end) >= midnight(start)]
        ended = [
            row
            for row in tasks
            if row["agent"] == subject and row["environment"] in held(version) and row["outcome"] != "open"
        ]
        ended = [row for row in ended if per == "task" and midnight(month) <= row["ended_at"] <= now]
        amount = summed(mine)[0] or Decimal(0)
        if per == "task":
            amount = max((row["cost"] for row in ended if row["cost"] is not None), default=Decimal(0))
        over = lambda bound: sum(bound is not None and row["cost"] is not None and row["cost"] > bound for row in ended)
        lacks = any(name in one and value is None for name, value in (("soft", soft), ("hard", hard)))
        state = "hard" if hard is not None and amount > hard else "soft" if soft is not None and amount > soft else "no_rate" if lacks else "within"
        runs = sampled(tasks, kind, subject, version, midnight(start), now)
        state = "sampled" if state == "within" and runs > 0 else state
        yield {
            "kind": kind,
            "subject": subject,
            "per": per,
            "period_start": Ns(midnight(start)),
            "period_end": Ns(midnight(end)),
            "spent": amount,
            "currency": version.currency,
            "soft": soft,
            "hard": hard,
            "budget_left": None if limit is None else limit - amount,
            "state": state,
            "unpriced_calls": sum(row["unpriced_calls"] > 0 for row in ended) if per == "task" else summed(mine)[1],
            "exhausted_at": None if per == "task" or limit is None else passed(mine, limit),
            "sampled_runs": runs,
            "dearest_task": max(((row["cost"] or 0, row["task_id"]) for row in ended), default=(0, ""))[1],
            "tasks": len(ended),
            "tasks_over_soft": over(soft),
            "tasks_over_hard": over(hard),
            "on_breach": breach,
            "owner": one.get("owner", ""),
        }


def passed(charges, limit):
    """The quarter of an hour in which an amount was passed; None while it is not."""
    amounts = defaultdict(Decimal)
    for made in charges:
        amounts[quarter(made.step.end)] += made.cost or 0
    total = Decimal(0)
    for at in sorted(amounts):
        total += amounts[at]
        if total > limit:
            return Ns(at)
    return None


def sampled(tasks, kind, subject, version, since, now):
    """Those of all tasks of the organisation, or of a department, an agent or a user."""
    column = {"department": "department", "agent": "agent", "user": "user_id"}.get(kind)
    return sum(
        sampled_part(row)
        for row in tasks
        if (column is None or row[column] == subject)
        and row["environment"] in held(version)
        and since <= row["ended_at"] <= now
    )


def forecast_rows(tasks, charges, facts, now):
    """What a forecast rests on: the month so far, and the complete days before today."""
    version, today = facts.timeline.at(now), facts.timeline.day(now)
    month = today.replace(day=1)
    limits = {(kind, subject): one for kind, subject, _, one in budgets(version) if one["per"] == "month"}
    found = spending(charges, version, now)
    since = today - timedelta(days=90)
    known = {key: [made for made in own if facts.timeline.day(made.step.end) >= since] for key, own in found.items()}
    keys = {key for key, own in known.items() if own and (key[0] != "user" or key in limits)} | set(limits)
    for key in sorted(keys):
        own = known.get(key, [])
        days = [facts.timeline.day(made.step.end) for made in own]
        current = [made for made, day in zip(own, days) if day >= month]
        complete = [made for made in current if facts.timeline.day(made.step.end) < today]
        first = max(min(days) + timedelta(days=1), today - timedelta(days=28)) if days else today
        history = max(0, (today - first).days)
        total = summed(current)[0] or Decimal(0)
        limit = limits.get(key, {})
        soft, hard = converted(version, limit.get("soft"), now), converted(version, limit.get("hard"), now)
        bound = hard if hard is not None else soft
        starts = int(version.organisation.get("fiscal_year_starts", 1))
        yield {
            "kind": key[0],
            "subject": key[1],
            "month": str(month),
            "fiscal_month": (month.month - starts + 12) % 12 + 1,
            "days_left": ((month + timedelta(days=32)).replace(day=1) - today).days,
            "spent": total,
            "spent_complete": summed(complete)[0] or Decimal(0),
            "unpriced_calls": summed(current)[1],
            "sampled_runs": sampled(tasks, *key, version, facts.timeline.midnight(month), now),
            "history_days": history,
            "reason": "" if history >= 14 else f"{history} complete days of history, 14 are needed",
            "currency": version.currency,
            "soft": soft,
            "hard": hard,
            "budget_left": None if bound is None else bound - total,
            "owner": limit.get("owner", ""),
        }
