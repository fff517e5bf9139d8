"""LangChain under OpenLLMetry: two spans for one agent, arguments as Python text inside JSON."""

import _telemetry
from _scenario import AGENT, CONVERSATION, PROMPT, USER, issue_refund, lookup_booking
from langchain.agents import create_agent
from langchain_openai import ChatOpenAI
from opentelemetry.instrumentation.langchain import LangchainInstrumentor

LangchainInstrumentor().instrument(tracer_provider=_telemetry.provider)

agent = create_agent(ChatOpenAI(model="gpt-4o"), name=AGENT, tools=[lookup_booking, issue_refund])
agent.invoke(
    {"messages": [{"role": "user", "content": PROMPT}]},
    {"configurable": {"thread_id": CONVERSATION}, "metadata": {"user_id": USER, "session_id": CONVERSATION}},
)
_telemetry.shutdown()
