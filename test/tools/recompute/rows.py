"""Values of rows as a store writes them in JSON, and what is the same."""

import json
from datetime import datetime, timezone
from decimal import ROUND_DOWN, Decimal

from registry import PLACES, money


class Ns(int):
    """A time, ns since the epoch."""


class Latest(tuple):
    """(time, id): the id of the latest."""


def quarter(time):
    """Start of its quarter of an hour."""
    return time - time % 900_000_000_000


def whole(number):
    return float(number)


def sampled_part(row):
    """Runs of a task of which sampling may have dropped a part."""
    return len(row["run_ids"]) if row["sampled_share"] < 1 or row["telemetry"] == "sampled" else 0


def spent(hourly, ms, version, at):
    """Time of people at the price of an hour; cut, not rounded, at 12 places at each step."""
    amount, currency = money(hourly)
    cost = (amount * int(ms) / 3_600_000).quantize(PLACES, ROUND_DOWN)
    rate = version.rate(currency, at)
    return None if rate is None else (cost * rate).quantize(PLACES, ROUND_DOWN)


def nanoseconds(text):
    """`2026-11-20 10:00:00.123456789` of UTC."""
    seconds, _, fraction = text.partition(".")
    at = datetime.strptime(seconds, "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone.utc)
    return int(at.timestamp()) * 1_000_000_000 + int(fraction.ljust(9, "0") or 0)


def same(truth, said):
    """Does the store's value say what was recomputed?"""
    if truth is None or said is None:
        return truth is None and said is None
    if isinstance(truth, Ns):
        return nanoseconds(said) == truth
    if isinstance(truth, Latest):
        return same(truth[1], said)
    if isinstance(truth, list):
        return len(truth) == len(said) and all(same(one, other) for one, other in zip(truth, said))
    if isinstance(truth, dict):
        return truth.keys() == said.keys() and all(same(truth[name], said[name]) for name in truth)
    if isinstance(truth, float):
        return abs(truth - float(said)) <= 1e-9 * max(1.0, abs(truth))
    if isinstance(truth, (int, Decimal)):
        return Decimal(str(said)) == truth
    return str(nameless(truth)) == str(said)


def load(path):
    """Rows in JSONEachRow. Ids of log records are hashes that nobody else can take: all are one."""
    with open(path, encoding="utf-8") as file:
        rows = [json.loads(line, parse_float=str) for line in file if line.strip()]
    return [{name: nameless(value) for name, value in row.items()} for row in rows]


def nameless(value):
    if isinstance(value, list):
        return [nameless(one) for one in value]
    return "log" if isinstance(value, str) and value.startswith("log-") else value


def shown(value):
    value = nameless(value)
    if isinstance(value, Ns):
        text = datetime.fromtimestamp(value // 1_000_000_000, timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
        return f"{text}.{value % 1_000_000_000:09d}"
    if isinstance(value, list):
        return [shown(one) for one in value]
    if isinstance(value, dict):
        return {name: shown(one) for name, one in value.items()}
    return str(value) if isinstance(value, Decimal) else value


def canonical(value):
    """Text by which equal values of both sides are equal."""
    text = str(shown(value)).removesuffix(".000000000")
    try:
        return text if isinstance(value, Ns) else str(Decimal(text).normalize())
    except ArithmeticError:
        return text


def differences(view, key, truth, said, ignored=()):
    """Texts, one a difference: rows that one side lacks, columns that differ, and columns that nobody looked at though
    they are not among those that cannot be recomputed."""
    name = lambda row: tuple(canonical(row[column]) for column in key)
    ours, theirs, out = {}, {}, []
    for rows, into, side in ((truth, ours, "recomputed"), (said, theirs, "stored")):
        for row in rows:
            if name(row) in into:
                out.append(f"{view} {name(row)}: twice in what is {side}")
            into[name(row)] = row
    for one in sorted(ours.keys() - theirs.keys()):
        out.append(f"{view} {one}: not stored")
    for one in sorted(theirs.keys() - ours.keys()):
        out.append(f"{view} {one}: stored, and not recomputed")
    unseen = {column for row in theirs.values() for column in row} - {c for row in ours.values() for c in row} - set(ignored)
    if ours and theirs and unseen:
        out.append(f"{view}: columns that nobody recomputes: {', '.join(sorted(unseen))}")
    for one in sorted(ours.keys() & theirs.keys()):
        for column, value in ours[one].items():
            if column not in theirs[one]:
                continue
            if not same(value, theirs[one][column]):
                out.append(f"{view} {one} {column}: recomputed {shown(value)}, stored {theirs[one][column]}")
    return out
