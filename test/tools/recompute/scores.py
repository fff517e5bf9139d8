"""Scores of evaluators, and whether those who judge a task agree."""

from collections import Counter, defaultdict

NAMES = {"task_success", "task_completion"}
PASS, FAIL = {"pass", "passed", "success", "true"}, {"fail", "failed", "failure", "false"}


class Score:
    def __init__(self, step, run, tasks, answers):
        self.step, self.run, facts = step, run, step.score
        self.name, self.score, self.label, self.evaluator = (facts[name] for name in ("name", "score", "label", "evaluator"))
        self.trace, self.run_id, self.environment = step.trace, run.id, run.environment
        self.task, self.agent, self.way = run.task, step.agent.id, "trace"
        if not run.judges:
            return
        named, ref = run.claims["task"], run.claims["task_ref"]
        meant = sorted(
            (one.environment, one.id, one.agent.id)
            for one in tasks.values()
            if (one.id == named if named else ref != "" and one.ref == ref) and run.environment in ("", one.environment)
        )
        if meant:
            self.environment, self.task, self.agent = meant[0]
            self.way = "task"
        elif facts["response"] in answers:
            call = answers[facts["response"]]
            self.environment, self.run_id, self.task = call.place, call.run_id, call.task
            self.trace, self.agent, self.way = call.trace, call.agent.id, "response"
        else:
            self.way = ""
            self.task = named or run.id


def make_scores(runs, tasks):
    answers = {}
    for run in runs:
        for step in run.steps:
            step.run_id, step.task = run.id, run.task
            if step.counted and step.calls_model and step.model["response"]:
                known = answers.get(step.model["response"])
                rank = lambda one: (not one.agent.registered, one.trace, one.span)
                if known is None or rank(step) < rank(known):
                    answers[step.model["response"]] = step
    return [Score(step, run, tasks, answers) for run in runs for step in run.steps if step.score is not None]


def evaluated(scores):
    """(task, environment) → the latest verdict of an evaluator among scores."""
    found = defaultdict(list)
    for one in scores:
        label = one.label.lower()
        verdict = "success" if label in PASS else "failure" if label in FAIL else ""
        if one.name.lower().replace(" ", "_").replace("-", "_") in NAMES and verdict and one.evaluator not in ("human", "system"):
            found[(one.task, one.environment)].append((one.step.end, verdict))
    return {key: max(given)[1] for key, given in found.items()}


def disagreement(tasks, scores, timeline):
    """(day, agent, environment) → counts."""
    labels = evaluated(scores)
    rows = defaultdict(Counter)
    for task in tasks.values():
        said = {}
        for outcome, source, *_ in task.verdicts():
            said.setdefault(source, outcome)
        said.setdefault("evaluator", labels.get((task.id, task.environment), ""))
        judges = [who for who in ("human", "system", "evaluator", "agent") if said.get(who, "") not in ("", "unknown")]
        if not judges:
            continue
        good = {who: said[who] == "success" for who in judges}
        row = rows[(str(timeline.day(task.start)), task.agent.id, task.environment)]
        row["tasks"] += 1
        row["judged_by_two"] += len(judges) > 1
        row["disagreed"] += len(set(good.values())) > 1
        row["overclaimed"] += good.get("agent", False) and len(judges) > 1 and not good[judges[0]]
        pairs = (("agent", "human"), ("agent", "system"), ("agent", "evaluator"), ("evaluator", "human"), ("system", "human"))
        for one, other in pairs:
            if one in good and other in good:
                row[f"{one}_{other}"] += 1
                row[f"{one}_{other}_disagreed"] += good[one] != good[other]
    return rows
