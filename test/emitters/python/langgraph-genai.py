"""LangGraph under OpenTelemetry's own instrumentation; a person approves the refund, so a second trace resumes it."""

import _telemetry
from _scenario import AGENT, CONVERSATION, PROMPT, USER, lookup_booking
from langchain.agents import create_agent
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.memory import MemorySaver
from langgraph.types import Command, interrupt
from opentelemetry.instrumentation.genai.langchain import LangChainInstrumentor

LangChainInstrumentor().instrument()


def issue_refund(booking: str, amount: int) -> dict:
    """Pays money back."""
    if interrupt({"question": "Refund 120 EUR?"}) != "yes":
        raise RuntimeError("not approved")
    return {"refunded": amount, "currency": "EUR"}


agent = create_agent(
    ChatOpenAI(model="gpt-4o"), name=AGENT, tools=[lookup_booking, issue_refund], checkpointer=MemorySaver()
)
config = {"configurable": {"thread_id": CONVERSATION}, "metadata": {"user_id": USER}}
agent.invoke({"messages": [{"role": "user", "content": PROMPT}]}, config)
agent.invoke(Command(resume="yes"), config)
_telemetry.shutdown()
