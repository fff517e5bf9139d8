"""Tool calls under an approval rule with the decision that belongs to each, violations, and offences by task."""

from collections import defaultdict

from people import requirement
from registry import glob

UNIQUE = 12
OFFENCES = ("approval_missing", "approval_late", "self_approved")


class Call:
    """A tool call that an approval rule concerns."""

    def __init__(self, step, run, rule, percent):
        self.step, self.run, self.rule, self.percent = step, run, rule, percent
        self.way, self.approval = "", None

    @property
    def key(self):
        return (self.step.place, self.run.task)

    def status(self):
        made, asked = self.step, self.approval
        if asked is None:
            return {"sample": "not asked", "unknown": "unknown"}.get(self.rule, "approval_missing")
        if asked.decision not in ("approved", "edited"):
            return "approval_missing"
        if asked.decided > made.end:
            return "approval_late"
        if asked.reviewer != "" and asked.reviewer in (asked.requested_by, made.whose["user"]):
            return "self_approved"
        return "approved"


def make_calls(runs, approvals):
    calls = []
    for run in runs:
        for step in run.steps:
            if step.kind == "tool" and step.counted:
                rule, percent = requirement(step)
                if rule:
                    calls.append(Call(step, run, rule, percent))
    calls.sort(key=lambda call: (call.step.start, call.step.span))
    join(calls, approvals)
    return calls


def join(calls, approvals):
    """By the id of the call within its task, by that id alone where it is long, by tool and amount, by tool, in order: a
    call that failed and is tried again, with the same arguments as far as these are known, is the same one still."""
    found = defaultdict(list)
    nth = defaultdict(int)
    for one in sorted(approvals, key=lambda one: (one.start, one.id)):
        place, task = one.environment, one.run.task
        if one.call:
            found[("call", place, task, one.call)].append(one)
            if len(one.call) >= UNIQUE:
                found[("call id", place, one.call)].append(one)
            continue
        name = ("amount", place, task, one.tool, one.amount) if one.amount is not None else ("task", place, task, one.tool)
        nth[name] += 1
        found[(*name, nth[name])].append(one)
    counts, last = defaultdict(int), {}

    def nth_call(name, step):
        attempt = (name, step.item.attributes.get("agentops.tool.arguments.digest", ""))
        number, failed = last.get(attempt, (0, False))
        if not failed:
            counts[name] += 1
            number = counts[name]
        last[attempt] = (number, step.failed)
        return number

    for call in calls:
        place, task = call.key
        tool, amount, ident = call.step.tool["name"], call.step.tool["amount"], call.step.tool["call"]
        by_amount, by_tool = ("amount", place, task, tool, amount), ("task", place, task, tool)
        nth_of_amount, nth_of_tool = nth_call(by_amount, call.step), nth_call(by_tool, call.step)
        ways = [
            ("call", place, task, ident) if ident else None,
            ("call id", place, ident) if len(ident) >= UNIQUE else None,
            (*by_amount, nth_of_amount) if amount is not None else None,
            (*by_tool, nth_of_tool),
        ]
        for way in ways:
            if way in found:
                given = found[way]
                call.way = way[0]
                call.approval = min(given, key=lambda one: (one.decision not in ("approved", "edited"), one.start, one.id))
                break


def undeclared(step):
    """What the registry did not name for the agent when the call ended: (kind, subject) pairs."""
    if not step.counted or not step.agent.registered:
        return []
    entry, found = step.agent.entry, []
    if step.kind == "tool":
        if step.agent.tool(step.tool["name"]) is None:
            found.append(("undeclared_tool", step.tool["name"]))
        data = entry.get("data", {"read": [], "write": []})
        allowed = data["write"] + (data["read"] if step.tool["effect"] in ("read", "") else [])
        if step.tool["resource"] and step.tool["resource"] not in allowed:
            found.append(("undeclared_data", step.tool["resource"]))
    elif step.model is not None:
        names = [name for name in (step.model["asked"], step.model["answered"]) if name]
        if names and not any(glob(pattern)(name) for pattern in entry.get("models", []) for name in names):
            found.append(("undeclared_model", step.model["answered"] or step.model["asked"]))
    return found


def make_violations(runs, calls):
    """(agent, environment, kind, subject) → [(time, run)], in order."""
    seen = defaultdict(list)
    for run in runs:
        for step in run.steps:
            for kind, subject in undeclared(step):
                seen[(step.agent.id, run.environment, kind, subject)].append((step.start, run.id))
        if run.judges:
            continue
        for agent, service, version, at in taking_part(run):
            if not agent.registered:
                seen[(agent.id, run.environment, "unregistered_agent", service)].append((at, run.id))
            elif agent.stage == "retired":
                seen[(agent.id, run.environment, "retired_agent", service)].append((at, run.id))
            if version != "" and agent.entry.get("version", "") not in ("", version):
                seen[(agent.id, run.environment, "undeclared_version", version)].append((at, run.id))
    for call in calls:
        if call.status() in OFFENCES:
            seen[(call.step.agent.id, call.step.place, call.status(), call.step.tool["name"])].append((call.step.start, call.run.id))
    return {key: sorted(times) for key, times in seen.items()}


def taking_part(run):
    """The entry agent, and each invocation of one that it called on: (agent, service, version, first seen)."""
    yield run.agent, run.lead.service, run.agent_version, run.start
    for step in run.steps:
        if step.kind == "run" and step.span != run.key:
            of_service = str(step.item.resource.get("service.version", ""))
            yield step.agent, step.service, step.agent_version or of_service, step.start


def offences(task_runs, calls):
    """Steps of a task's runs that the registry does not allow."""
    ids = {run.id for run in task_runs}
    own = [call for call in calls if call.run.id in ids]
    steps = [step for run in task_runs for step in run.steps]
    return sum(bool(undeclared(step)) for step in steps) + sum(call.status() in OFFENCES for call in own)
