"""Google ADK for Python: output includes thoughts, a transfer is an ordinary tool call, logs repeat the usage."""

import asyncio

import _telemetry
from _scenario import AGENT, CONVERSATION, PROMPT, USER, issue_refund, lookup_booking
from google.adk.agents import LlmAgent
from google.adk.models import BaseLlm, LlmResponse
from google.adk.runners import InMemoryRunner
from google.genai import types

TURNS = {
    None: ("call_lookup", "lookup_booking", {"id": "B-42"}, (1000, 500, 200, 50)),
    "call_lookup": ("call_refund", "issue_refund", {"booking": "B-42", "amount": 120}, (1300, 1000, 100, 20)),
    "call_refund": (None, None, None, (1500, 1200, 80, 0)),
}


class ScriptedModel(BaseLlm):
    async def generate_content_async(self, llm_request, stream=False):
        answers = [p.function_response for c in llm_request.contents for p in c.parts or [] if p.function_response]
        call, name, arguments, (sent, cached, output, thoughts) = TURNS[answers[-1].id if answers else None]
        part = (
            types.Part(function_call=types.FunctionCall(id=call, name=name, args=arguments))
            if call
            else types.Part(text="Booking B-42 is refunded.")
        )
        yield LlmResponse(
            content=types.Content(role="model", parts=[part]),
            usage_metadata=types.GenerateContentResponseUsageMetadata(
                prompt_token_count=sent,
                cached_content_token_count=cached,
                candidates_token_count=output - thoughts,
                thoughts_token_count=thoughts,
                total_token_count=sent + output,
            ),
        )


async def main():
    agent = LlmAgent(
        name=AGENT, model=ScriptedModel(model="gemini-2.5-flash"), tools=[lookup_booking, issue_refund]
    )
    runner = InMemoryRunner(agent=agent, app_name="refunds")
    await runner.session_service.create_session(app_name="refunds", user_id=USER, session_id=CONVERSATION)
    message = types.Content(role="user", parts=[types.Part(text=PROMPT)])
    async for _ in runner.run_async(user_id=USER, session_id=CONVERSATION, new_message=message):
        pass


asyncio.run(main())
_telemetry.shutdown()
