"""Steps by run: the tree of each trace, the calls that count, and who each step belongs to."""

from collections import defaultdict

from steps import Step, kind_of


class Run:
    """The topmost invocation of an agent with all below it; all of a trace where none is invoked. Where that works on
    several tasks, one task's part of it."""

    def __init__(self, key, root, trace, steps):
        self.key, self.root, self.trace, self.steps = key, root, trace, steps
        self.id = f"{trace}-{key}" if key else trace
        self.lead = root or steps[0]
        self.frames = False


def make_runs(items):
    """Every run of every trace, its steps in order of their start."""
    traces = defaultdict(list)
    for item in items:
        traces[item.trace].append(item)
    runs = []
    for trace, members in traces.items():
        runs.extend(runs_of(trace, members))
    return runs


def runs_of(trace, members):
    steps, above = [], {}
    for item in members:
        kind = kind_of(item)
        above[item.span] = item.parent
        if kind is not None:
            steps.append(Step(item, kind))
    if not steps:
        return []
    steps.sort(key=lambda step: (step.start, step.span))
    by_id = {step.span: step for step in steps}
    for step in steps:
        link(step, by_id, above)
    cut_circles(steps)
    for step in steps:
        chain = list(up(step))
        invocations = [one for one in chain if one.invokes]
        step.run = invocations[-1] if invocations else None
        step.invocation = next((one for one in invocations if one.kind == "run"), invocations[-1] if invocations else None)
    roots = [step for step in steps if step.run is step]
    for step in steps:
        if step.run is None and roots:
            # What hangs on nothing belongs to the run whose time encloses it.
            around = [root for root in roots if root.start <= step.start and root.end >= step.end]
            step.run = step.invocation = roots[0] if len(roots) == 1 or not around else around[-1]
    count_calls(steps)
    groups = defaultdict(list)
    for step in steps:
        groups[None if step.run is None else step.run.span].append(step)
    return [run for members in groups.values() for run in by_task(trace, members)]


def by_task(trace, steps):
    root = steps[0].run
    whole = Run("" if root is None else root.span, root, trace, steps)
    if len({step.claims["task"] for step in steps} - {""}) < 2:
        return [whole]
    named = lambda step: next((one.claims["task"] for one in up(step) if one.claims["task"]), "")
    own, parts = named(whole.lead), defaultdict(list)
    for step in steps:
        parts[named(step) or own].append(step)
    whole.steps = parts.pop(own)
    # What only encloses the work on tasks is none itself.
    whole.frames = own == "" and not any(step.counted and (step.calls_model or step.kind == "tool") for step in whole.steps)
    runs = [whole]
    for members in parts.values():
        top = members[0]
        encloses = top.kind in ("other", "run", "workflow")
        runs.append(Run(top.span, top if encloses else None, trace, members))
    return runs


def link(step, by_id, above):
    """The nearest of ours above a step, through ordinary spans where they came."""
    at, passed = step.parent_span, set()
    while at != "" and at not in passed:
        passed.add(at)
        if at in by_id:
            step.parent = by_id[at] if at != step.span else None
            return
        if at not in above:
            step.lost = True
            return
        at = above[at]


def cut_circles(steps):
    """Parents in a circle: it is cut above the first of it that is met."""
    done = set()
    for step in steps:
        path, at = [], step
        while at is not None and id(at) not in done:
            if any(one is at for one in path):
                path[-1].parent = None
                break
            path.append(at)
            at = at.parent
        done.update(id(one) for one in path)


def up(step):
    while step is not None:
        yield step
        step = step.parent


def count_calls(steps):
    """Each call once, whatever wraps or repeats it."""
    for step in steps:
        step.failed = step.status == "error"
    inner_first = sorted(steps, key=lambda step: -sum(1 for _ in up(step)))
    inside = defaultdict(list)
    for step in inner_first:
        if step.calls_model:
            within = inside[id(step)]
            knows = step.model["usage"] is not None
            told = any(one.model["usage"] is not None for one in within)
            step.counted = not within or (knows and not told)
            if step.counted:
                for one in within:
                    one.counted = False
            outer = around(step, ("run", "workflow", "tool"), lambda one: one.calls_model)
            if outer is not None:
                inside[id(outer)] += [step, *within]
        elif step.kind == "tool":
            outer = around(step, ("run", "workflow", "llm"), lambda one: one.kind == "tool")
            names = {step.tool["name"], outer.tool["name"] if outer is not None else ""} - {""}
            same = outer is not None and len(names) < 2
            step.counted = not same and not step.waiting
            if same and step.failed:
                outer.failed = True
    seen = {}
    for step in steps:
        if not (step.calls_model and step.counted and step.model["response"]):
            continue
        known = seen.get(step.model["response"])
        if known is not None and known.model["usage"] is None and step.model["usage"] is not None:
            known.counted = False
        elif known is not None:
            step.counted = False
            continue
        seen[step.model["response"]] = step
    charged = set()
    for step in steps:
        if step.counted and step.calls_model:
            charged.update(id(one) for one in up(step))
    # A sum of a wrapper stands in where nothing below it was counted.
    for step in inner_first:
        if not step.calls_model and step.kind != "tool" and step.model is not None and id(step) not in charged:
            step.counted = True
            charged.update(id(one) for one in up(step))


def around(step, ends, fits):
    for one in list(up(step))[1:]:
        if fits(one):
            return one
        if one.kind in ends:
            return None
    return None
