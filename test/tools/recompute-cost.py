#!/usr/bin/env python3
"""Tasks, outcomes, calls, tokens and cost from OTLP/JSON trace requests, one a line, gzipped or not.

It is the second opinion on the product's numbers: the standard library only, no code of the product, read straight from
the raw spans by the OpenTelemetry GenAI conventions of today (`gen_ai.operation.name`, `gen_ai.usage.*`, cached tokens
inside the input) and `agentops.task.*`.

    recompute-cost.py --prices prices.json FILE...

The prices are USD for a million tokens, by model:

    {"gpt-4o": {"input": 2.5, "cached": 1.25, "cache_write": 2.5, "output": 10}}

A class without a price is charged as input. A model is looked up by its response's name, then by its request's; one with
neither is unpriced, and its calls are counted as such, not as 0.
"""

import argparse
import gzip
import json
import sys
from collections import Counter
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

MODEL_OPERATIONS = {"chat", "text_completion", "generate_content", "embeddings"}
PLACES = Decimal("1e-12")
MILLION = Decimal(1_000_000)


def lines(path):
    with open(path, "rb") as file:
        zipped = file.read(2) == b"\x1f\x8b"
    with (gzip.open if zipped else open)(path, "rb") as file:
        yield from file


def plain(value):
    """An AnyValue's scalar; None for what is none."""
    for name, convert in (("stringValue", str), ("intValue", int), ("doubleValue", float), ("boolValue", bool)):
        if name in value:
            return convert(value[name])
    return None


def attributes(holder):
    return {item["key"]: plain(item["value"]) for item in holder.get("attributes", [])}


def spans(request):
    for group in request.get("resourceSpans", []):
        resource = attributes(group.get("resource", {}))
        for scope in group.get("scopeSpans", []):
            for span in scope.get("spans", []):
                yield span, {**resource, **attributes(span)}


def price_of(found, prices):
    for name in ("gen_ai.response.model", "gen_ai.request.model"):
        if found.get(name) in prices:
            return prices[found[name]]
    return None


def amount(tokens, price):
    return (tokens * price / MILLION).quantize(PLACES, ROUND_HALF_EVEN)


def charge(tokens, price):
    return (
        amount(tokens["input"], price["input"])
        + amount(tokens["cached"], price.get("cached", price["input"]))
        + amount(tokens["cache_write"], price.get("cache_write", price["input"]))
        + amount(tokens["output"], price["output"])
    )


def recompute(paths, prices):
    seen, told, charged = set(), set(), set()
    counts, tokens, cost = Counter(), Counter(), Counter()
    task_of, outcome_of, traces = {}, {}, set()

    for path in paths:
        for line in lines(path):
            if not line.strip():
                continue
            try:
                request = json.loads(line)
            except ValueError:
                counts["unreadable_lines"] += 1
                continue
            for span, found in spans(request):
                trace, key = span["traceId"], (span["traceId"], span["spanId"])
                if key in seen:
                    counts["duplicate_spans"] += 1
                    continue
                seen.add(key)
                traces.add(trace)
                if "agentops.task.id" in found:
                    task_of[trace] = found["agentops.task.id"]
                if "agentops.task.outcome" in found:
                    ended = int(span["endTimeUnixNano"])
                    outcome_of[trace] = max(outcome_of.get(trace, (0, "")), (ended, found["agentops.task.outcome"]))

                operation = found.get("gen_ai.operation.name")
                if operation == "execute_tool":
                    counts["tool_calls"] += 1
                if operation not in MODEL_OPERATIONS:
                    continue
                # One answer told twice is one call within a trace; in another trace it is a call that costs nothing more.
                answer = (found.get("gen_ai.provider.name"), found.get("gen_ai.response.id"))
                if answer[1] is not None:
                    if (trace, answer) in told:
                        counts["answers_told_twice"] += 1
                        continue
                    told.add((trace, answer))
                counts["model_calls"] += 1
                if answer[1] is not None:
                    if answer in charged:
                        counts["answers_charged_before"] += 1
                        continue
                    charged.add(answer)
                model = found.get("gen_ai.response.model") or found.get("gen_ai.request.model") or ""
                if "gen_ai.usage.input_tokens" not in found and "gen_ai.usage.output_tokens" not in found:
                    counts["calls_without_usage"] += 1
                    counts["unpriced_calls"] += 1
                    continue
                cached = int(found.get("gen_ai.usage.cache_read.input_tokens") or 0)
                written = int(found.get("gen_ai.usage.cache_creation.input_tokens") or 0)
                call = {
                    "input": int(found.get("gen_ai.usage.input_tokens") or 0) - cached - written,
                    "cached": cached,
                    "cache_write": written,
                    "output": int(found.get("gen_ai.usage.output_tokens") or 0),
                }
                tokens.update(call)
                price = price_of(found, prices)
                if price is None:
                    counts["unpriced_calls"] += 1
                else:
                    cost[model] += charge(call, price)

    outcomes = {}
    for trace in traces:
        task = task_of.get(trace, trace)
        outcomes[task] = max(outcomes.get(task, (0, "unknown")), outcome_of.get(trace, (0, "unknown")))
    by_outcome = Counter(outcome for _, outcome in outcomes.values())
    return {
        "spans": len(seen),
        "traces": len(traces),
        "tasks": len(outcomes),
        "successes": by_outcome["success"],
        "outcomes": dict(sorted(by_outcome.items())),
        **{
            name: counts[name]
            for name in (
                "tool_calls",
                "model_calls",
                "unpriced_calls",
                "calls_without_usage",
                "answers_told_twice",
                "answers_charged_before",
                "duplicate_spans",
                "unreadable_lines",
            )
        },
        "tokens": {name: tokens[name] for name in ("input", "cached", "cache_write", "output")},
        "cost_usd": f"{sum(cost.values(), Decimal(0)):.12f}",
        "cost_usd_by_model": {model: f"{value:.12f}" for model, value in sorted(cost.items())},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prices", required=True, metavar="FILE", help="JSON: model → USD for a million tokens")
    parser.add_argument("files", nargs="+", metavar="FILE", help="OTLP/JSON trace requests, one a line")
    options = parser.parse_args()
    with open(options.prices, encoding="utf-8") as file:
        prices = json.load(file, parse_float=Decimal, parse_int=Decimal)
    with localcontext() as context:
        context.prec = 60
        json.dump(recompute(options.files, prices), sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
