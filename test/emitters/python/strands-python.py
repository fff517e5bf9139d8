"""Strands Agents for Python: every number under two or three names, the agent span repeats them all."""

import _telemetry
from _scenario import AGENT, CONVERSATION, PROMPT, USER, issue_refund, lookup_booking
from strands import Agent, tool
from strands.models.openai import OpenAIModel

agent = Agent(
    name=AGENT,
    model=OpenAIModel(model_id="gpt-4o"),
    tools=[tool(lookup_booking), tool(issue_refund)],
    callback_handler=None,
    trace_attributes={"session.id": CONVERSATION, "user.id": USER},
)
agent(PROMPT)
_telemetry.shutdown()
