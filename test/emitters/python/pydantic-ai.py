"""Pydantic AI: usage of the calls stands on the calls, the agent's sum under a name of its own."""

import _telemetry
from _scenario import AGENT, CONVERSATION, PROMPT, issue_refund, lookup_booking
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel

Agent.instrument_all()
agent = Agent(OpenAIChatModel("gpt-4o"), name=AGENT, tools=[lookup_booking, issue_refund])
agent.run_sync(PROMPT, conversation_id=CONVERSATION)
_telemetry.shutdown()
