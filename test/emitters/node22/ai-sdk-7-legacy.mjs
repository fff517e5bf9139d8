/** Vercel AI SDK 7 with the span format of the versions before it. */
import { LegacyOpenTelemetry } from '@ai-sdk/otel';
import { runAgent } from './_ai-sdk-7.mjs';

await runAgent(new LegacyOpenTelemetry());
