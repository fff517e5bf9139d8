"""Microsoft Agent Framework: the agent span repeats the usage of its calls under the same names."""

import asyncio

import _telemetry
from _scenario import AGENT, PROMPT, issue_refund, lookup_booking
from agent_framework import Agent
from agent_framework.observability import enable_instrumentation
from agent_framework.openai import OpenAIChatCompletionClient

enable_instrumentation()
agent = Agent(OpenAIChatCompletionClient(model="gpt-4o"), name=AGENT, tools=[lookup_booking, issue_refund])
asyncio.run(agent.run(PROMPT))
_telemetry.shutdown()
