"""The OpenAI Agents SDK under OpenTelemetry's own instrumentations: no handoff span, the group id is the conversation."""

import _telemetry
from _scenario import AGENT, CONVERSATION, PROMPT, issue_refund, lookup_booking
from agents import Agent, RunConfig, Runner, function_tool
from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor
from opentelemetry.instrumentation.genai.openai_agents import OpenAIAgentsInstrumentor

OpenAIInstrumentor().instrument()
OpenAIAgentsInstrumentor().instrument()

refunds = Agent(name=AGENT, model="gpt-4o", tools=[function_tool(lookup_booking), function_tool(issue_refund)])
triage = Agent(name="triage", model="gpt-4o", handoffs=[refunds])
Runner.run_sync(triage, PROMPT, run_config=RunConfig(workflow_name="refunds", group_id=CONVERSATION))
_telemetry.shutdown()
