"""What each call costs: list prices, negotiated ones, exact decimals, exchange rates. An unknown amount is None."""

from collections import defaultdict
from decimal import Decimal

from registry import money, rounded

MILLION = Decimal(1_000_000)
CLASSES = (
    ("input_tokens", "input", "input"),
    ("cached_input_tokens", "cached_input", "cached"),
    ("cache_write_tokens", "cache_write", "cache_write"),
    ("output_tokens", "output", "output"),
)
TOKENS = ("input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens")


class Charge:
    def __init__(self, step, kind, run):
        self.step, self.kind, self.run = step, kind, run
        self.id = f"{step.trace}-{step.span}-{kind}"
        self.tokens = dict.fromkeys(TOKENS, 0)
        self.known = False
        self.amount = self.cost = None
        self.currency = self.provider = self.model = self.tool = ""
        self.state = "unpriced"
        self.key = ""


def charge_of(step, run, prices):
    """The charge of a step that counts; None for what costs nothing that anybody prices."""
    if not step.counted:
        return None
    if step.kind == "tool":
        entry = step.agent.tool(step.tool["name"])
        if entry is None or "price" not in entry:
            return None
        made = Charge(step, "tool", run)
        made.tool = step.tool["name"]
        made.amount, made.currency = money(entry["price"])
        made.state = "priced"
    else:
        made = Charge(step, "model", run)
        price_model(made, step, prices)
    if made.amount is not None:
        made.cost = step.version.convert(made.amount, made.currency, step.end)
        if made.cost is None:
            made.state = "no_rate"
    return made


def price_model(made, step, prices):
    model = step.model
    made.provider, made.model = model["provider"], model["answered"] or model["asked"]
    names = [name for name in (made.model, model["asked"]) if name]
    # The catalogue's name of a provider, where it knows the model.
    made.provider = next((prices[name]["provider"] for name in names if name in prices), made.provider)
    made.key = f"{made.provider}:{model['response']}" if model["response"] else ""
    if model["usage"] is None:
        return
    made.tokens, made.known = model["usage"], True
    for name in names:
        own = step.version.price(step.agent.id, made.provider, name, step.end)
        if own is not None:
            made.amount, made.currency, made.state = total(made.tokens, own, 1), own["currency"], "priced"
            return
    listed = next((prices[name] for name in names if name in prices), None)
    if listed is None:
        return
    made.amount, made.currency, made.state = total(made.tokens, listed, 2), "USD", "priced"
    borrowed = any(made.tokens[count] > 0 and one not in listed for count, _, one in CLASSES)
    if borrowed or not step.calls_model:
        made.state = "estimated"


def total(tokens, price, names):
    """Each class rounded half to even once, at the price of input where it has none of its own."""
    return sum(
        (rounded(Decimal(tokens[one[0]]) * Decimal(str(price.get(one[names], price["input"]))) / MILLION) for one in CLASSES),
        Decimal(0),
    )


def make_charges(runs, prices):
    """Every charge. Of copies of one answer the one with usage counts, then the first by its ids."""
    charges = []
    for run in runs:
        charges += [made for made in (charge_of(step, run, prices) for step in run.steps) if made is not None]
    copies = defaultdict(list)
    for made in charges:
        if made.key:
            copies[made.key].append(made)
    for same in copies.values():
        same.sort(key=lambda made: (not made.known, made.step.trace, made.step.span))
        for made in same[1:]:
            made.state, made.amount, made.cost = "superseded", Decimal(0), Decimal(0)
            made.tokens = dict.fromkeys(TOKENS, 0)
    return charges


def summed(charges):
    """(sum of the known costs or None, charges without one)"""
    known = [made.cost for made in charges if made.cost is not None]
    return (sum(known, Decimal(0)) if known else None), sum(made.cost is None for made in charges)
