"""The conversation of ../scenario.mjs, for Python: its names and what its tools answer. The models are the same server."""

AGENT = "refund_agent"
USER = "u-17"
CONVERSATION = "conv-42"
PROMPT = "Please refund booking B-42."


def lookup_booking(id: str) -> dict:
    """Finds a booking."""
    return {"booking": id, "price": 120, "currency": "EUR", "status": "confirmed"}


def issue_refund(booking: str, amount: int) -> dict:
    """Pays money back."""
    return {"refunded": amount, "currency": "EUR"}
