"""The published versions of the registry, each a JSON document, and what they say at a time."""

import json
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from fnmatch import translate
from re import compile as regex
from zoneinfo import ZoneInfo

PLACES = Decimal("1e-12")
SECOND = 1_000_000_000
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def seconds(text):
    return int(text[:-1]) * UNITS[text[-1]]


def money(text):
    amount, currency = text.split(" ")
    return Decimal(amount), currency


def glob(pattern):
    """`*` stands for any text, everything else for itself."""
    return regex(translate(pattern.replace("[", "[[]").replace("?", "[?]"))).match


def rounded(amount):
    return amount.quantize(PLACES, ROUND_HALF_EVEN)


class Version:
    def __init__(self, since, digest, document, zone):
        self.since, self.hash, self.document = since, digest, document
        self.zone = zone
        self.organisation = document.get("organisation") or {}
        self.agents = document.get("agents") or []
        self.currency = self.organisation.get("currency", "USD")

    def known(self, field, value):
        """A department, team or cost center as the organisation knows it."""
        departments = self.organisation.get("departments", [])
        ids = {
            "department": {one["id"] for one in departments},
            "team": {one["id"] for one in self.organisation.get("teams", [])},
            "cost_center": {center for one in departments for center in one["cost_centers"]},
        }[field]
        return value if value == "" or not ids or value in ids else f"unknown:{value}"

    def agent(self, service, name, namespace):
        """The entry of an agent, or None."""
        said = {"service": service, "agent": name, "namespace": namespace}
        for entry in self.agents:
            for rule in entry["match"]:
                if all(glob(pattern)(said[key]) for key, pattern in rule.items()):
                    return entry
        return None

    def begins(self, day):
        """Start of a day from which a rate or a price is valid, ns: the business's day."""
        return int(datetime.fromisoformat(day).replace(tzinfo=self.zone).timestamp()) * SECOND

    def rate(self, currency, at):
        """What one of `currency` is in the reporting currency; None without a rate."""
        if currency == self.currency:
            return Decimal(1)
        rates = [
            one
            for one in self.organisation.get("exchange_rates", [])
            if one["from"] == currency and one["to"] == self.currency and self.begins(one["valid_from"]) <= at
        ]
        if not rates:
            return None
        return Decimal(str(max(rates, key=lambda one: one["valid_from"])["rate"]))

    def convert(self, amount, currency, at):
        rate = self.rate(currency, at)
        return None if rate is None or amount is None else rounded(amount * rate)

    def price(self, agent, provider, model, at):
        """A negotiated price of a model: the agent's own before the organisation's, the newest first."""
        entry = next((one for one in self.agents if one["id"] == agent), {})
        for prices in (entry.get("prices", []), self.organisation.get("prices", [])):
            fits = [
                one
                for one in prices
                if glob(one.get("provider", "*"))(provider)
                and glob(one["model"])(model)
                and ("valid_from" not in one or self.begins(one["valid_from"]) <= at)
            ]
            if fits:
                return max(fits, key=lambda one: one.get("valid_from", ""))
        return None


class Timeline:
    def __init__(self, path, zone):
        self.zone = ZoneInfo(zone)
        self.versions = []
        if path is not None:
            with open(path, encoding="utf-8") as file:
                for line in file:
                    row = json.loads(line)
                    document = json.loads(row["document"], parse_float=Decimal)
                    self.versions.append(Version(int(row["valid_from"]), row["hash"], document, self.zone))
        self.versions.sort(key=lambda one: one.since)
        self.none = Version(0, "", {}, self.zone)

    def at(self, time):
        """The version valid at a time (ns); before the first one, the first."""
        if not self.versions:
            return self.none
        valid = [one for one in self.versions if one.since <= time]
        return valid[-1] if valid else self.versions[0]

    def day(self, time):
        """The business's day of a time (ns)."""
        return datetime.fromtimestamp(time // SECOND, self.zone).date()

    def midnight(self, day):
        """The time (ns) at which a day of the business begins."""
        return int(datetime(day.year, day.month, day.day, tzinfo=self.zone).timestamp()) * SECOND
