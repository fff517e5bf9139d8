import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createChain } from '../chain/chain.ts';
import { createKnownTraces } from '../chain/known-traces.ts';
import { readChunk } from '../chain/read.ts';
import { countCalls, isModelCall } from '../fold/count-calls.ts';
import type { TraceSet } from '../fold/trace-set.ts';
import { buildTree, type Node } from '../fold/tree.ts';
import type { SourceRecord, Usage } from '../model.ts';
import { scanRequest } from '../receiver/scan.ts';
import { createTimeline } from '../registry/facts.ts';

/**
 * What a recording says by its dialects alone: bytes → steps → trees, without projection, store or views. Grouping into
 * tasks, the outcome of tools and approvals need those and are asked of the views elsewhere. Lists are sorted.
 */
interface Truth {
  readonly runs: number;
  readonly agents: readonly string[];
  readonly model_calls: number;
  readonly models: readonly string[];
  /** Names, one a call; those that the model asked for where no tool span was sent. */
  readonly tool_calls: readonly string[];
  readonly inferred_tool_calls: number;
  readonly handoffs: number;
  readonly usage: Readonly<Record<'input' | 'cached_input' | 'cache_write' | 'output' | 'reasoning', number>>;
  readonly conversations: readonly string[];
  readonly users: readonly string[];
}

interface Expected {
  readonly truth: Truth;
  /** Where the emitter does not send a part of the truth: what remains to be seen. */
  readonly not_sent?: { readonly [field in keyof Truth]?: { readonly seen: Truth[field] } };
}

const FIXTURES = fileURLToPath(new URL('./fixtures/', import.meta.url));
const emitters = readdirSync(FIXTURES)
  .filter((file) => file.endsWith('.otlp.jsonl'))
  .map((file) => file.slice(0, -'.otlp.jsonl'.length));

test.each(emitters)('%s', (emitter) => {
  const { truth, not_sent: notSent = {} }: Expected = JSON.parse(
    readFileSync(`${FIXTURES}${emitter}.expected.json`, 'utf8'),
  );
  const visible = Object.entries(notSent).map(([field, { seen }]) => [field, seen]);
  expect(observe(readFileSync(`${FIXTURES}${emitter}.otlp.jsonl`, 'utf8'))).toEqual(
    pick({ ...truth, ...Object.fromEntries(visible) }),
  );
});

/** The fields that this test reads. */
function pick(truth: Truth): Truth {
  const { runs, agents, model_calls, models, tool_calls, inferred_tool_calls, handoffs } = truth;
  const { usage, conversations, users } = truth;
  return {
    runs,
    agents,
    model_calls,
    models,
    tool_calls,
    inferred_tool_calls,
    handoffs,
    usage,
    conversations,
    users,
  };
}

function observe(recording: string): Truth {
  const runs = traceSets(recording).flatMap(runsOf);
  const nodes = runs.flat();
  const calls = nodes.filter((node) => node.counted && isModelCall(node));
  const inferred = runs.flatMap(askedFor);
  const ran = nodes.filter((node) => node.counted && node.step.kind === 'tool');
  return {
    runs: runs.length,
    agents: distinct(runs.flatMap(agentsOf)),
    model_calls: calls.length,
    models: distinct(calls.map(({ step }) => step.responseModel || step.requestModel)),
    tool_calls: [...ran.map(({ step }) => step.toolName), ...inferred].sort(),
    inferred_tool_calls: inferred.length,
    handoffs: nodes.filter(({ step }) => step.handoff !== null && !step.handoff.human).length,
    usage: sum(nodes.flatMap((node) => (node.counted ? (node.step.usage ?? []) : []))),
    conversations: distinct(nodes.map(({ claims }) => claims.conversationId)),
    users: distinct(nodes.map(({ claims, step }) => claims.userId || step.resource.userId)),
  };
}

/** Reads the whole recording as one chunk, as of its own latest time. */
function traceSets(recording: string): TraceSet[] {
  const times = [...recording.matchAll(/"(?:endT|t)imeUnixNano":"(\d+)"/g)].map(([, time]) => Number(time));
  const receivedAt = Math.ceil(Math.max(...times) / 1e6);
  const chain = createChain({
    timeline: createTimeline(),
    known: createKnownTraces(),
    secret: Buffer.alloc(32),
  });
  const records = recording
    .trim()
    .split('\n')
    .map((line, offset): SourceRecord => {
      const body = Buffer.from(line);
      const { signal, items } = scanRequest(null, 'json', body);
      if (signal !== 'spans' && signal !== 'logs') throw new Error(`line ${offset + 1} holds ${signal}`);
      return { offset, signal, encoding: 'json', body, receivedAt, counted: items };
    });
  const arrivals = readChunk({ source: 'fixture', records, next: records.length }, chain.reader);
  expect(arrivals.deadLetters).toEqual([]);
  chain.folder.fold(arrivals);
  const traces = arrivals.steps.flatMap(({ page, from, to }) => page.traceIds.slice(from, to));
  return distinct(traces).map((id) => chain.state.get(id)!);
}

function runsOf(set: TraceSet): Node[][] {
  const nodes = buildTree(set);
  countCalls(nodes);
  return [...new Set(nodes.map(({ run }) => run))].map((run) => nodes.filter((node) => node.run === run));
}

/** Every agent that a run's steps name; the service where none does. */
function agentsOf(run: readonly Node[]): string[] {
  const named = run.map(({ agent, step }) => agent?.step.claims.agentName || step.claims.agentName);
  const names = named.filter((name) => name !== '');
  return names.length > 0 ? names : [run[0]!.step.resource.service];
}

/** Tools that the model asked for, each call once however often the history repeats it. */
function askedFor(run: readonly Node[]): string[] {
  if (run.some(({ step }) => step.kind === 'tool')) return [];
  const calls = run.flatMap(({ counted, step }) => (counted ? step.toolCalls : []));
  return [...new Map(calls.map(({ id, name }, index) => [id || index, name])).values()];
}

function sum(usages: readonly Usage[]): Truth['usage'] {
  const total = (count: (usage: Usage) => number): number =>
    usages.reduce((all, usage) => all + count(usage), 0);
  return {
    input: total((usage) => usage.input),
    cached_input: total((usage) => usage.cachedInput),
    cache_write: total((usage) => usage.cacheWrite),
    output: total((usage) => usage.output),
    reasoning: total((usage) => usage.reasoning),
  };
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values.filter((value) => value !== ''))].sort();
}
