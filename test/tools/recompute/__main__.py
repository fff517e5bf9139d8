"""A second opinion on every documented view, from the raw telemetry: the standard library, and no code of the product.

    python3 test/tools/recompute --views DIR --registry versions.jsonl --prices prices.json --zone Asia/Tokyo FILE...

FILE: OTLP/JSON export requests, one a line. DIR: what the views said at --now, as <view>.jsonl in JSONEachRow. The
registry: `SELECT toString(toUnixTimestamp64Nano(valid_from)) AS valid_from, hash, document FROM registry_versions FINAL`.
Prices: USD for a million tokens by model. The differences are printed, and the exit code is 1 where there is any.
"""

import argparse
import json
import os
import sys
from collections import Counter, defaultdict
from decimal import Decimal, localcontext
from time import time_ns

import judged
import objectives
import views
from focus import focus_rows
from money import make_charges
from otlp import read
from people import make_approvals
from policy import make_calls, make_violations
from registry import Timeline
from rows import differences, load
from scores import disagreement, make_scores
from tasks import make_tasks
from tree import make_runs


# What the store alone can know, or has tests of its own.
IGNORED = {
    "focus_cost": ("PricingCategory", "SkuPriceId", "x_Confidence"),
    "run_steps": ("dialect", "received_at"),
    "cost_entries": ("price_id", "confidence"),
    "cost_forecast": ("forecast", "forecast_low", "forecast_high", "exhausted_at", "on_breach"),
}


class Facts:
    """All that views are made of."""

    def __init__(self, items, timeline, prices, now):
        self.timeline, self.runs = timeline, make_runs(items)
        self.currency = timeline.at(now).currency
        self.tasks = make_tasks(self.runs, timeline)
        self.charges = make_charges(self.runs, prices)
        self.approvals = make_approvals(self.runs)
        self.calls = make_calls(self.runs, self.approvals)
        self.violations = make_violations(self.runs, self.calls)
        self.scores = make_scores(self.runs, self.tasks)
        self.approvals_of = defaultdict(list)
        for one in self.approvals:
            for key in self.decided(one):
                self.approvals_of[key].append(one)
        for made in self.charges:
            task = self.tasks.get((made.run.task, made.run.environment))
            if task is not None:
                task.charges.append(made)

    def decided(self, one):
        """Tasks of a request; a decision whose request never came may name its task by id or reference, anywhere."""
        run = one.run
        if one.asked or not run.judges:
            return [(run.task, one.environment)]
        named, ref = run.claims["task"], run.claims["task_ref"]
        return [
            (task.id, task.environment)
            for task in self.tasks.values()
            if (task.id == named if named else ref != "" and task.ref == ref) and run.environment in ("", task.environment)
        ]

    def day(self, time):
        return str(self.timeline.day(time))


def recompute(facts, received, now, findings):
    """View → (key columns, rows)."""
    for task in facts.tasks.values():
        task.findings = sum(findings[run.id] for run in task.runs)
    tasks = list(views.task_rows(facts.tasks, facts, now))
    approvals = list(judged.approval_rows(facts.approvals, facts, now))
    samples = list(judged.sample_rows(facts.calls, facts))
    steps, entries = list(views.step_rows(facts.runs)), list(views.entry_rows(facts.charges, facts))
    events = list(objectives.sli_rows(tasks, approvals, facts.scores))
    version = facts.timeline.at(now)
    return {
        "task_outcomes": (("task_id", "environment"), tasks),
        "tasks": (("task_id", "environment"), tasks),
        "run_steps": (("trace_id", "span_id", "task_id", "started_at"), steps),
        "cost_entries": (("entry_id",), entries),
        "cost_by_department": (
            ("day", "department", "owner_department", "cost_center", "agent", "environment"),
            list(views.department_rows(tasks, facts.tasks, facts.charges, facts)),
        ),
        "cost_per_task": (("task_id", "environment"), list(views.per_task_rows(facts.tasks, facts, now))),
        "approvals": (("approval_id", "environment"), approvals),
        "reviews": (("approval_id", "environment"), approvals),
        "call_approvals": (("trace_id", "span_id"), list(judged.call_rows(facts.calls))),
        "approval_samples": (("month", "agent", "environment", "tool", "percent"), samples),
        "evaluation_scores": (("record_trace_id", "record_span_id", "name", "at", "task_id"), list(judged.score_rows(facts.scores))),
        "scores": (("record_trace_id", "record_span_id", "name", "at", "task_id"), list(judged.score_rows(facts.scores))),
        "violations": (
            ("agent", "environment", "kind", "subject"),
            list(judged.violation_rows(facts.violations, samples, now)),
        ),
        "violation_totals": (
            ("at", "agent", "environment", "kind", "subject"),
            list(judged.violation_total_rows(facts.violations)),
        ),
        "verdict_disagreement": (
            ("day", "agent", "environment"),
            list(judged.disagreement_rows(disagreement(facts.tasks, facts.scores, facts.timeline))),
        ),
        "sli_events": (("sli", "agent", "environment", "task_id", "at", "total", "good", "value"), events),
        "slo_status": (("agent", "slo", "environment", "window"), list(objectives.slo_rows(tasks, events, version, now))),
        "budget_status": (("kind", "subject", "per", "soft", "hard"), list(objectives.budget_rows(tasks, facts.charges, facts, now))),
        "cost_forecast": (("kind", "subject"), list(objectives.forecast_rows(tasks, facts.charges, facts, now))),
        "task_totals": (("at", *views.TASK_DIMENSIONS), views.task_total_rows(tasks)),
        "cost_totals": (("at", *views.COST_DIMENSIONS), views.cost_total_rows(entries)),
        "tool_totals": (("at", "agent", "environment", "tool", "effect", "risk"), views.tool_total_rows(steps)),
        "focus_cost": (("x_EntryId",), list(focus_rows(facts.charges, facts))),
        "conservation": (("signal",), list(views.conservation_totals(facts.runs, received))),
    }


def compare(made, folder):
    out = []
    for view, (key, rows) in made.items():
        path = os.path.join(folder, f"{view}.jsonl")
        if not os.path.exists(path):
            out.append(f"{view}: {path} is not there")
            continue
        out += differences(view, key, rows, load(path), IGNORED.get(view, ()))
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--views", required=True, metavar="DIR", help="what the views said, <view>.jsonl each")
    parser.add_argument("--registry", metavar="FILE", help="its published versions; none without it")
    parser.add_argument("--prices", required=True, metavar="FILE", help="JSON: model → USD for a million tokens")
    parser.add_argument("--zone", default="UTC", help="time zone of the business")
    parser.add_argument("--now", type=int, default=time_ns(), help="when the views were asked, ns since the epoch")
    parser.add_argument("files", nargs="+", metavar="FILE", help="OTLP/JSON requests, one a line")
    options = parser.parse_args()
    with open(options.prices, encoding="utf-8") as file:
        prices = json.load(file, parse_float=Decimal, parse_int=Decimal)
    with localcontext() as context:
        context.prec = 60
        items, received = read(options.files)
        facts = Facts(items, Timeline(options.registry, options.zone), prices, options.now)
        loops = load(os.path.join(options.views, "loop_findings.jsonl"))
        made = recompute(facts, received, options.now, Counter(row["run_id"] for row in loops))
        found = compare(made, options.views) + judged.misjudged(facts.runs, loops)
    for line in found:
        print(line)
    counts = {view: len(rows) for view, (_, rows) in made.items()}
    print(json.dumps({"differences": len(found), "rows": counts}), file=sys.stderr)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
