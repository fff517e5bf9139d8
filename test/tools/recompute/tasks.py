"""Runs with whose work they are, and tasks: the groups of runs that the business counts."""

from collections import defaultdict

from registry import seconds
from steps import CANCELLED, CLAIMS, SOURCES
from tree import up

SECOND = 1_000_000_000
DAY = 86_400 * SECOND
PLANNED_RULES = {"always", "threshold", "sample", ""}


class Agent:
    """What the registry says of an agent at a time; without an entry it is unregistered."""

    def __init__(self, version, service, name, namespace):
        entry = version.agent(service, name, namespace)
        self.entry = entry or {}
        self.registered = entry is not None
        self.id = entry["id"] if entry else f"unregistered:{name or service or 'unknown'}"
        say = self.entry.get
        self.stage = say("stage", "")
        self.department, self.team = say("department", ""), say("team", "")
        self.cost_center, self.owner_team = say("cost_center", ""), say("owner", "")
        self.timeout = seconds(say("task_timeout", "24h")) * SECOND
        self.telemetry = say("telemetry", "unknown")
        self.success_without_verdict = say("success_without_verdict", False)

    def tool(self, name):
        return next((one for one in self.entry.get("tools", []) if one["name"] == name), None)


def inherited(step):
    """What a step and its ancestors claim, the nearest first."""
    claims = dict.fromkeys(CLAIMS, "")
    for one in up(step):
        for field, value in one.claims.items():
            claims[field] = claims[field] or value
    return claims


def describe(run, timeline):
    """Fills what a run claims, whose it is, and what each of its steps is attributed to."""
    lead = run.lead
    run.claims = inherited(lead)
    for field in CLAIMS:
        said = {step.claims[field] for step in run.steps} - {""}
        if run.claims[field] == "" and len(said) == 1:
            run.claims[field] = said.pop()
    names = [step.agent_name for step in run.steps if step.agent_name]
    invoked = lead.invocation
    run.agent_name = lead.agent_name or (invoked.agent_name if invoked else "") or next(iter(names), "")
    versions = {step.agent_version for step in [*run.steps, *([invoked] if invoked else [])]} - {""}
    of_service = "" if run.root is None else str(run.root.item.resource.get("service.version", ""))
    run.agent_version = lead.agent_version or (versions.pop() if len(versions) == 1 else "") or of_service
    run.version = timeline.at(lead.end)
    run.agent = Agent(run.version, lead.service, run.agent_name, lead.namespace)
    run.environment = lead.environment or next((one.environment for one in run.steps if one.environment), "")
    run.whose = whose(lead, run.claims, run, run.agent, run.version)
    run.agents = [run.agent]
    for step in run.steps:
        attribute(step, run, timeline)
    run.start, run.end = min(step.start for step in run.steps), max(step.end for step in run.steps)
    run.works = [step for step in run.steps if works(step)]
    ended = run.root is not None or (run.works and not any(step.lost for step in run.steps))
    run.ended = bool(ended) and not run.frames
    run.calls = [step for step in run.steps if step.counted and (step.calls_model or step.kind == "tool")]
    run.judges = not run.ended and not run.calls
    run.waiting = waits(run.steps)


def attribute(step, run, timeline):
    version = timeline.at(step.end)
    own = step.invocation.agent_name if step.invocation is not None else ""
    name = own or step.agent_name or run.agent_name
    step.version = version
    step.agent = Agent(version, step.service, name, step.namespace)
    step.whose = whose(step, inherited(step), run, step.agent, version)
    step.place = run.environment
    if own not in ("", run.agent_name) and step.agent.id not in [one.id for one in run.agents]:
        run.agents.append(step.agent)


def whose(step, claims, run, agent, version):
    """Usage: span, then the run, the resource, the registry. Unknown names are told from known ones."""
    found = {}
    for field in ("department", "team", "cost_center", "tenant", "user"):
        ours = getattr(agent, field, "")
        value = claims[field] or run.claims[field] or step.of_resource[field] or ours
        found[field] = version.known(field, value) if field in ("department", "team", "cost_center") else value
    return found


def works(step):
    """What only judges or decides on work done elsewhere is none itself."""
    if step.kind == "other":
        return step.verdict is None
    return step.kind != "evaluation" and (step.approval is None or step.approval["asks"])


def waits(steps):
    """Somebody was asked and nobody has answered, or a call was interrupted and nothing began after it."""
    asked = {step.approval["id"] for step in steps if step.approval and step.approval["asks"]}
    answered = {step.approval["id"] for step in steps if step.approval and not step.approval["asks"]}
    if asked - answered:
        return True
    interrupted = [step.end for step in steps if step.waiting and step.approval is None]
    if not interrupted:
        return False
    later = [s for s in steps if (s.calls_model or s.kind == "tool") and not s.waiting and s.start >= max(interrupted)]
    return not later


class Task:
    def __init__(self, key, runs):
        self.id, self.environment = key
        self.runs = sorted(runs, key=lambda run: (run.start, run.id))
        lead = next((run for run in self.runs if run.root is not None or run.ended), self.runs[0])
        self.lead = lead
        self.agent, self.whose = lead.agent, lead.whose
        self.ref = next((run.claims["task_ref"] for run in self.runs if run.claims["task_ref"]), "")
        self.type = next((run.claims["task_type"] for run in self.runs if run.claims["task_type"]), "")
        self.conversation = self.runs[0].claims["conversation"]
        self.start, self.end = min(run.start for run in self.runs), max(run.end for run in self.runs)
        self.judges, self.steps = [], [step for run in self.runs for step in run.steps]
        self.charges, self.approvals, self.findings = [], [], 0

    def agents(self):
        ids = [agent.id for run in self.runs for agent in run.agents]
        return list(dict.fromkeys(ids))

    def verdicts(self):
        """Every verdict, the deciding one first: (outcome, source, time, evidence, by)."""
        found = []
        for run in self.runs:
            found += [(*step.verdict, "") for step in run.steps if step.verdict]
            # The error of an attempt that another one followed decides nothing.
            root = run.root
            followed = root is not None and any(other.start > root.end for other in self.runs)
            if root is not None and root.status == "error" and not run.waiting and not followed:
                evidence = f"root span ended in error{': ' + root.error if root.error else ''}"
                found.append(("cancelled" if root.error in CANCELLED else "failure", "emitter", root.end, evidence, ""))
        for run in self.judges:
            found += [(*step.verdict, run.whose["user"]) for step in run.steps if step.verdict]
        return sorted(found, key=lambda one: (SOURCES.index(one[1]), -one[2], one[0], one[3], one[4]))

    def outcome(self, now):
        """(outcome, source, evidence, by, decided at)"""
        verdicts = self.verdicts()
        if verdicts:
            outcome, source, at, evidence, by = verdicts[0]
            return outcome, source, evidence, by, at
        deadline = max(run.start + run.agent.timeout for run in self.runs)
        waiting = self.runs[-1].waiting
        if waiting or not all(run.ended for run in self.runs):
            if now < deadline:
                return "open", "", "waiting for a decision" if waiting else "", "", None
            why = "waited beyond the task timeout" if waiting else "no end seen within the task timeout"
            return "abandoned", "", why, "", deadline
        if all(run.agent.success_without_verdict for run in self.runs):
            return "success", "emitter", "no error seen", "", None
        return "unknown", "", "", "", None


def make_tasks(runs, timeline):
    """Tasks by (id, environment), and the runs that only judge and whose task is not here."""
    for run in runs:
        describe(run, timeline)
    working = [run for run in runs if not run.judges]
    name_tasks(working)
    groups = defaultdict(list)
    for run in working:
        groups[(run.task, run.environment)].append(run)
    tasks = {key: Task(key, members) for key, members in groups.items()}
    for run in runs:
        if not run.judges:
            continue
        task, ref = run.claims["task"], run.claims["task_ref"]
        run.task = task or run.id
        for one in tasks.values():
            meant = one.id == task if task else ref != "" and one.ref == ref
            if meant and run.environment in ("", one.environment):
                one.judges.append(run)
    return tasks


def name_tasks(runs):
    """A run continues the previous run of its conversation if that one ended waiting."""
    talks = defaultdict(list)
    for run in sorted(runs, key=lambda run: (run.start, run.id)):
        run.task = run.claims["task"]
        before = talks[(run.environment, run.claims["conversation"])]
        if run.task == "":
            follows = run.claims["conversation"] != "" and before and before[-1].waiting
            run.task = before[-1].task if follows else run.id
        before.append(run)
