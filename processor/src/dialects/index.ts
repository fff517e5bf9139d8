import { agentops } from './agentops.ts';
import type { Dialect } from './dialect.ts';
import { otelGenAi } from './otel-genai.ts';

/** In order of precedence: our own first, OTel GenAI last. At most 31. */
export const DIALECTS: readonly Dialect[] = [agentops, otelGenAi];
