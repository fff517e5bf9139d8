import { agentFramework } from './agent-framework.ts';
import { agentops } from './agentops.ts';
import { aiSdk, aiSdkLegacy } from './ai-sdk.ts';
import { anthropic } from './anthropic.ts';
import { claudeCode } from './claude-code.ts';
import type { Dialect } from './dialect.ts';
import { googleAdk } from './google-adk.ts';
import { langfuse } from './langfuse.ts';
import { langsmith } from './langsmith.ts';
import { mastra } from './mastra.ts';
import { mlflow } from './mlflow.ts';
import { openInference } from './openinference.ts';
import { otelGenAi } from './otel-genai.ts';
import { pydanticAi } from './pydantic-ai.ts';
import { strands } from './strands.ts';
import { traceloop } from './traceloop.ts';

export { type Dialect, FIELDS, type Field, type FieldSource } from './dialect.ts';

/** In order of precedence: our own first, OTel GenAI last. At most 31. */
export const DIALECTS: readonly Dialect[] = [
  agentops,
  claudeCode,
  mastra,
  langfuse,
  openInference,
  langsmith,
  aiSdkLegacy,
  aiSdk,
  anthropic,
  pydanticAi,
  googleAdk,
  strands,
  agentFramework,
  traceloop,
  mlflow,
  otelGenAi,
];
