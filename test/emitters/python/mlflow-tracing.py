"""An agent instrumented with MLflow tracing: every value is JSON text, names arrive quoted."""

import os

# MLflow's own OTLP exporter sends protobuf only, which the recorder declines: the same spans go through the app's
# provider, too.
os.environ["MLFLOW_USE_DEFAULT_TRACER_PROVIDER"] = "false"
os.environ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] + "/v1/traces"
os.environ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] = "http/protobuf"

import json

import _telemetry
import mlflow
from _scenario import AGENT, PROMPT, issue_refund, lookup_booking
from mlflow.entities import SpanType
from openai import OpenAI

TOOLS = {"lookup_booking": lookup_booking, "issue_refund": issue_refund}
openai = OpenAI()
tools = [
    {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}}
    for name in TOOLS
]


def call_tool(name, arguments):
    return mlflow.trace(TOOLS[name], name=name, span_type=SpanType.TOOL)(**arguments)


def answer(messages):
    with mlflow.start_span("Completions", span_type=SpanType.CHAT_MODEL) as span:
        span.set_inputs({"model": "gpt-4o", "messages": messages})
        response = openai.chat.completions.create(model="gpt-4o", messages=messages, tools=tools)
        usage = response.usage
        span.set_attribute("mlflow.llm.model", response.model)
        span.set_attribute("mlflow.llm.provider", "openai")
        span.set_attribute(
            "mlflow.chat.tokenUsage",
            {
                "input_tokens": usage.prompt_tokens,
                "output_tokens": usage.completion_tokens,
                "total_tokens": usage.total_tokens,
                "cache_read_input_tokens": usage.prompt_tokens_details.cached_tokens,
            },
        )
        span.set_outputs(response.model_dump(exclude_none=True))
        return response.choices[0].message


@mlflow.trace(name=AGENT, span_type=SpanType.AGENT)
def run(prompt):
    messages = [{"role": "user", "content": prompt}]
    while True:
        message = answer(messages)
        messages.append(message.model_dump(exclude_none=True))
        if not message.tool_calls:
            return message.content
        for call in message.tool_calls:
            result = call_tool(call.function.name, json.loads(call.function.arguments))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": json.dumps(result)})


run(PROMPT)
_telemetry.shutdown()
