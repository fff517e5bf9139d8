/** Vercel AI SDK 7 with its GenAI telemetry: the root repeats the usage of its calls. */
import { OpenTelemetry } from '@ai-sdk/otel';
import { runAgent } from './_ai-sdk-7.mjs';

await runAgent(new OpenTelemetry({ usage: true, runtimeContext: true }));
