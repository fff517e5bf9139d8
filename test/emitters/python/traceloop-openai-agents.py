"""The OpenAI Agents SDK under OpenLLMetry, with a handoff whose target its span does not know."""

import _telemetry
from _scenario import AGENT, PROMPT, issue_refund, lookup_booking
from agents import Agent, Runner, function_tool
from opentelemetry.instrumentation.openai_agents import OpenAIAgentsInstrumentor

OpenAIAgentsInstrumentor().instrument(tracer_provider=_telemetry.provider)

refunds = Agent(name=AGENT, model="gpt-4o", tools=[function_tool(lookup_booking), function_tool(issue_refund)])
triage = Agent(name="triage", model="gpt-4o", handoffs=[refunds])
Runner.run_sync(triage, PROMPT)
_telemetry.shutdown()
