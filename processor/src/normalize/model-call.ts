import { type EmittedUsage, splitUsage, type UsageRules } from '../cost/usage.ts';
import { HAS_MODEL, type StepPage, USAGE_KNOWN } from '../steps/page.ts';
import { setUsage } from '../steps/usage.ts';
import { F, type StepReader } from './reader.ts';

/** Writes what the item says of a model call. `calls`: it is one, and no wrapper. */
export type WriteModel = (page: StepPage, row: number, calls: boolean, scopeVersion: string) => void;

export function createModelWriter(reader: StepReader): WriteModel {
  /** Of the call being read; the next one overwrites them. */
  const emitted: { -readonly [K in keyof EmittedUsage]: EmittedUsage[K] } = {
    inputTokens: Number.NaN,
    output: Number.NaN,
    cacheRead: Number.NaN,
    cacheWrite: Number.NaN,
    cacheWrite5m: Number.NaN,
    cacheWrite1h: Number.NaN,
    reasoning: Number.NaN,
    total: Number.NaN,
  };
  const rules: { -readonly [K in keyof UsageRules]: UsageRules[K] } = {
    cacheInside: 'auto',
    reasoningInside: true,
  };

  function writeUsage(page: StepPage, row: number, scopeVersion: string): void {
    const { cacheInside, reasoningInside } = reader.shape.plan;
    emitted.inputTokens = reader.number(F.inputTokens);
    emitted.output = reader.number(F.outputTokens);
    emitted.cacheRead = reader.number(F.cacheReadTokens);
    emitted.cacheWrite = reader.number(F.cacheWriteTokens);
    emitted.cacheWrite5m = reader.number(F.cacheWrite5mTokens);
    emitted.cacheWrite1h = reader.number(F.cacheWrite1hTokens);
    emitted.reasoning = reader.number(F.reasoningTokens);
    emitted.total = reader.number(F.totalTokens);
    rules.cacheInside =
      typeof cacheInside === 'function' ? cacheInside(scopeVersion, reader.label(F.provider)) : cacheInside;
    rules.reasoningInside = reasoningInside;
    const usage = splitUsage(emitted, rules);
    if (usage === null) return;
    page.flags[row]! |= USAGE_KNOWN;
    setUsage(page.usage, row, usage);
  }

  return (page, row, calls, scopeVersion) => {
    const { labels } = page;
    page.flags[row]! |= HAS_MODEL;
    page.providers[row] = reader.labelIn(F.provider, labels);
    page.requestModels[row] = reader.labelIn(F.requestModel, labels);
    page.responseModels[row] = reader.labelIn(F.responseModel, labels);
    if (calls) reader.unique(F.responseId, page.responseIds, row, page.heap);
    if (reader.has(F.inputTokens) || reader.has(F.outputTokens)) writeUsage(page, row, scopeVersion);
  };
}
