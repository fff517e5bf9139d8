"""Requests for approval with waits and working hours, calls under a rule with their decision, and scores."""

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal

from registry import SECOND, money

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
MS = 1_000_000


def make_approvals(runs):
    """Requests by approval id and environment; who decides where nobody asked decides wherever somebody did."""
    asked, told = defaultdict(list), []
    for run in runs:
        for step in run.steps:
            if step.approval is None:
                continue
            told.append((run, step))
    environments = defaultdict(set)
    for run, step in told:
        if step.approval["asks"] or step.approval["asks_too"]:
            environments[step.approval["id"]].add(run.environment)
    for run, step in told:
        key = step.approval["id"]
        places = environments[key]
        for place in [run.environment] if run.environment in places or not places else sorted(places):
            asked[(key, place)].append((run, step))
    return [Approval(key, place, events) for (key, place), events in asked.items()]


class Approval:
    def __init__(self, key, environment, events):
        self.id, self.environment = key, environment
        # A request says more of itself than what decides it.
        events.sort(key=lambda one: (not (one[1].approval["asks"] or one[1].approval["asks_too"]), one[1].start, one[1].span))
        self.run, self.step = events[0]
        self.traces = sorted({step.trace for _, step in events})
        decisions = [step for _, step in events if not step.approval["asks"]]
        decided = min(decisions, key=lambda step: (step.end, step.span), default=None)
        facts = [step.approval for _, step in events]
        calls = [call_of(step) for _, step in events]
        pick = lambda values: next((value for value in values if value not in ("", None)), "")
        self.agent = self.step.agent.id
        self.tool, self.call = pick(one["name"] for one in calls), pick(one["call"] for one in calls)
        self.amount = next((one["amount"] for one in calls if one["amount"] is not None), None)
        self.currency = pick(one["currency"] for one in calls)
        self.requested_by, self.channel = pick(one["requested_by"] for one in facts), pick(one["channel"] for one in facts)
        self.rule = pick(one["rule"] for one in facts if one["rule"] != "emitter") or "emitter"
        self.sla_ms = max(one["sla_ms"] for one in facts)
        self.start = min(step.start for _, step in events)
        self.decided = decided.end if decided else None
        self.decision = decided.approval["decision"] if decided else "pending"
        # Who decided is said by a decision; a request only says who is asked.
        named = [step for step in decisions if step.approval["reviewer"]]
        first = min(named, key=lambda step: (step.end, step.span), default=None)
        self.decided_by = first.approval["reviewer"] if first else ""
        self.reviewer = self.decided_by or pick(one["reviewer"] for one in facts)
        self.human_ms = max((step.human_ms for _, step in events if step.human_ms is not None), default=None)
        self.asked = any(step.approval["asks"] or step.approval["asks_too"] for _, step in events)
        self.wait_ms = None if decided is None else (self.decided - self.start) / MS
        self.events = events

    def hours(self, timeline, now):
        """Working hours of the channel as the registry has them now; None for a channel that it does not know."""
        channels = timeline.at(now).organisation.get("channels", [])
        entry = next((one for one in channels if one["id"] == self.channel), None)
        return None if entry is None else entry.get("working_hours", "always")

    def working_ms(self, timeline, now):
        hours = self.hours(timeline, now)
        if self.decided is None or hours is None:
            return None
        if hours == "always" or self.decided <= self.start:
            return self.wait_ms
        spans = shifts(hours, self.start, self.decided, timeline.zone)
        return sum(max(0, min(end, self.decided) - max(begin, self.start)) for begin, end in spans) / MS

    def late_at(self, timeline, now):
        hours = self.hours(timeline, now)
        if self.sla_ms == 0:
            return None
        left = self.sla_ms * MS
        if hours in (None, "always"):
            return self.start + left
        for begin, end in shifts(hours, self.start, self.start + 366 * 86_400 * SECOND, timeline.zone):
            open_ns = end - max(begin, self.start)
            if open_ns <= 0:
                continue
            if open_ns > left:
                return max(begin, self.start) + left
            left -= open_ns
        return None

    def late(self, timeline, now):
        if self.sla_ms == 0:
            return False
        due = self.late_at(timeline, now)
        return self.decision == "expired" or (due is not None and (self.decided or now) > due)


def shifts(hours, start, end, zone):
    """Times (ns) in which a channel works, from the day before; an end before the begin is the next day's."""
    minutes = [int(hours[name][:2]) * 60 + int(hours[name][3:]) for name in ("from", "to")]
    if minutes[1] < minutes[0]:
        minutes[1] += 1440
    day = datetime.fromtimestamp(start // SECOND, zone).date() - timedelta(days=1)
    last = datetime.fromtimestamp(end // SECOND, zone).date()
    while day <= last:
        if DAYS[day.weekday()] in hours["days"]:
            yield tuple(wall(day, minute, zone) for minute in minutes)
        day += timedelta(days=1)


def wall(day, minute, zone):
    at = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(days=minute // 1440)
    at = at.replace(hour=minute // 60 % 24, minute=minute % 60)
    return int(at.timestamp()) * SECOND


def call_of(step):
    """The call that approval is asked for: the step's own, or the one that it stands under."""
    own = step.tool
    if own["name"]:
        return own
    above = step.parent.tool if step.parent is not None else None
    return above or own


def requirement(step):
    """(rule, percent) that a tool call falls under, as the registry stood at its end."""
    order = ["", "sample", "unknown", "threshold", "always"]
    found = ("", Decimal(0))
    for rule in step.agent.entry.get("approvals", []):
        if rule.get("tool", step.tool["name"]) != step.tool["name"]:
            continue
        within = in_range(rule, step)
        if within is False:
            continue
        asked = ("unknown", Decimal(0)) if within is None else (rule["rule"], Decimal(str(rule.get("percent", 0))))
        if order.index(asked[0]) > order.index(found[0]):
            found = asked
    return found


def in_range(rule, step):
    """Over its lower bound and up to its upper one; None where amounts cannot be compared."""
    if "over" not in rule and "under" not in rule:
        return True
    if step.tool["amount"] is None:
        return None
    answers = []
    for name in ("over", "under"):
        if name not in rule:
            continue
        amount, currency = money(rule[name])
        mine = step.tool["amount"]
        if currency != step.tool["currency"]:
            mine = step.version.convert(mine, step.tool["currency"], step.end)
            amount = step.version.convert(amount, currency, step.end)
            if mine is None or amount is None:
                return None
        answers.append(mine > amount if name == "over" else mine <= amount)
    return all(answers)
