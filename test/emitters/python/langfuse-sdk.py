"""An agent instrumented with the Langfuse SDK and its OpenAI client: attributes of its own, usage as JSON text."""

import json

import _telemetry
from _scenario import AGENT, CONVERSATION, PROMPT, USER, issue_refund, lookup_booking
from langfuse import Langfuse, propagate_attributes
from langfuse.openai import OpenAI

client = Langfuse(
    public_key="none",
    secret_key="none",
    span_exporter=_telemetry.span_exporter,
    tracer_provider=_telemetry.TracerProvider(),
)
TOOLS = {"lookup_booking": lookup_booking, "issue_refund": issue_refund}
openai = OpenAI()
messages = [{"role": "user", "content": PROMPT}]
tools = [{"type": "function", "function": {"name": name, "parameters": {"type": "object"}}} for name in TOOLS]

with client.start_as_current_observation(name=AGENT, as_type="agent", input=PROMPT) as root:
    with propagate_attributes(user_id=USER, session_id=CONVERSATION):
        while True:
            response = openai.chat.completions.create(model="gpt-4o", messages=messages, tools=tools)
            message = response.choices[0].message
            messages.append(message.model_dump(exclude_none=True))
            if not message.tool_calls:
                break
            for call in message.tool_calls:
                arguments = json.loads(call.function.arguments)
                with client.start_as_current_observation(
                    name=call.function.name, as_type="tool", input=arguments
                ) as tool:
                    result = TOOLS[call.function.name](**arguments)
                    tool.update(output=result)
                messages.append({"role": "tool", "tool_call_id": call.id, "content": json.dumps(result)})
    root.update(output=messages[-1]["content"])
client.flush()
