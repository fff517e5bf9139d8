"""LangGraph under LangSmith's OpenTelemetry mode: kinds of its own, usage details inside JSON text."""

import os

os.environ.update(
    LANGSMITH_TRACING="true", LANGSMITH_OTEL_ENABLED="true", LANGSMITH_OTEL_ONLY="true", LANGSMITH_API_KEY="none"
)

import _telemetry
from _scenario import AGENT, CONVERSATION, PROMPT, USER, issue_refund, lookup_booking
from langchain.agents import create_agent
from langchain_core.tracers.langchain import wait_for_all_tracers
from langchain_openai import ChatOpenAI

agent = create_agent(ChatOpenAI(model="gpt-4o"), name=AGENT, tools=[lookup_booking, issue_refund])
agent.invoke(
    {"messages": [{"role": "user", "content": PROMPT}]},
    {"configurable": {"thread_id": CONVERSATION}, "metadata": {"user_id": USER, "thread_id": CONVERSATION}},
)
wait_for_all_tracers()
_telemetry.shutdown()
