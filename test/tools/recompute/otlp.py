"""Spans and log records from OTLP/JSON export requests, one a line, gzipped or not; each item once."""

import gzip
import json

LOG_EVENTS = {
    "gen_ai.evaluation.result": "evaluation",
    "agentops.task.outcome": "other",
    "agentops.approval": "approval",
}


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
    """First of equal keys counts; what says nothing is left out."""
    found = {}
    for item in holder.get("attributes", []):
        value = plain(item["value"])
        if value is not None and value != "":
            found.setdefault(item["key"], value)
    return found


def hexadecimal(text):
    """An id in lower case; empty for one of zeros."""
    lower = (text or "").lower()
    return "" if lower.strip("0") == "" else lower


class Item:
    """A span or a log record, as received."""

    def __init__(self, raw, resource, signal):
        self.signal = signal
        self.trace = hexadecimal(raw.get("traceId"))
        self.attributes = attributes(raw)
        self.resource = resource
        self.dropped = int(raw.get("droppedAttributesCount", 0))
        self.raw = json.dumps(raw, sort_keys=True)
        if signal == "spans":
            self.span = hexadecimal(raw.get("spanId"))
            self.parent = hexadecimal(raw.get("parentSpanId"))
            self.name = raw.get("name", "")
            self.start = int(raw["startTimeUnixNano"])
            self.end = max(self.start, int(raw["endTimeUnixNano"]))
            self.status = int(raw.get("status", {}).get("code", 0))
            self.message = raw.get("status", {}).get("message", "")
            self.state = raw.get("traceState", "")
        else:
            self.event = raw.get("eventName") or self.attributes.get("event.name", "")
            self.parent = hexadecimal(raw.get("spanId"))
            self.name = self.event
            self.start = self.end = int(raw.get("timeUnixNano") or raw.get("observedTimeUnixNano") or 0)
            self.status, self.message, self.state = 0, "", ""
            self.span = f"log-{json.dumps([self.raw, self.resource], sort_keys=True)}"
            self.trace = self.trace or self.span

    def rank(self):
        """Of contents under one id the greatest counts."""
        return (self.end, len(self.attributes), self.raw)


def read(paths):
    """Distinct items, and how many came in all: (items, received by signal)."""
    items, received = {}, {"spans": 0, "logs": 0}
    for path in paths:
        for line in lines(path):
            if not line.strip():
                continue
            request = json.loads(line)
            for item in of_request(request):
                received[item.signal] += 1
                known = items.get((item.trace, item.span))
                if known is None or item.rank() > known.rank():
                    items[(item.trace, item.span)] = item
    return list(items.values()), received


def of_request(request):
    for group in request.get("resourceSpans", []):
        resource = attributes(group.get("resource", {}))
        for scope in group.get("scopeSpans", []):
            for raw in scope.get("spans", []):
                yield Item(raw, resource, "spans")
    for group in request.get("resourceLogs", []):
        resource = attributes(group.get("resource", {}))
        for scope in group.get("scopeLogs", []):
            for raw in scope.get("logRecords", []):
                yield Item(raw, resource, "logs")
