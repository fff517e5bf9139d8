import { readFileSync } from 'node:fs';
import type { Store } from '@agentops/processor';

/** What an agent did, as its program knows and as the analysts' views tell it. Lists are sorted. */
export interface Truth {
  /** Units of work; a resumed conversation is one. */
  readonly tasks: number;
  /** Tasks whose end is not known: open or, once their deadline is over, abandoned. */
  readonly unended: number;
  /** On tasks. A run that ends without error is none. */
  readonly verdicts: number;
  /** Invocations of a root agent; a resume is one of its own. */
  readonly runs: number;
  readonly agents: readonly string[];
  readonly model_calls: number;
  readonly models: readonly string[];
  /** Names, one a call. */
  readonly tool_calls: readonly string[];
  readonly inferred_tool_calls: number;
  readonly tool_errors: number;
  readonly handoffs: number;
  /** Decision and tool, one a request. */
  readonly approvals: readonly string[];
  /** Tokens by class; `input` is what was charged at the full rate, `reasoning` is part of `output`. */
  readonly usage: {
    readonly input: number;
    readonly cached_input: number;
    readonly cache_write: number;
    readonly output: number;
    readonly reasoning: number;
  };
  readonly conversations: readonly string[];
  readonly users: readonly string[];
}

/** A file `<emitter>.expected.json`. */
export interface Expected {
  /** Which emitter, version and settings; `synthesized` when it was written by hand. */
  readonly emitter: string;
  readonly truth: Truth;
  /** What the emitter does not send, or sends wrong: the value that remains to be seen, and why. */
  readonly not_sent?: {
    readonly [field in keyof Truth]?: { readonly seen: Truth[field]; readonly why: string };
  };
}

/** What of the truth can be seen in the emitter's telemetry. */
export function visible(expected: Expected): Truth {
  const seen = Object.entries(expected.not_sent ?? {}).map(([field, { seen }]) => [field, seen]);
  return { ...expected.truth, ...Object.fromEntries(seen) };
}

/** Distinct trace ids of a file of OTLP JSON lines, read without the product. */
export function tracesOf(file: string): string[] {
  return [
    ...new Set([...readFileSync(file, 'utf8').matchAll(/"traceId":"([0-9a-f]{32})"/g)].map(([, id]) => id!)),
  ];
}

/** Numbers come as exact strings. */
interface Tasks extends Record<'tasks' | 'unended' | 'verdicts' | 'runs' | 'model_calls', string> {
  readonly inferred_tool_calls: string;
  readonly tool_errors: string;
  readonly handoffs: string;
  readonly ids: string[];
  readonly agents: string[];
  readonly conversations: string[];
  readonly users: string[];
}

/** The same facts, asked of the views. */
export async function observe(store: Store, traces: readonly string[]): Promise<Truth> {
  const [tasks] = await store.query<Tasks>(
    `SELECT count() AS tasks, sum(length(run_ids)) AS runs, groupArray(task_id) AS ids,
            countIf(outcome IN ('open', 'abandoned')) AS unended, sum(length(verdicts)) AS verdicts,
            arraySort(groupUniqArrayArray(agents)) AS agents,
            sum(model_calls) AS model_calls, sum(inferred_tool_calls) AS inferred_tool_calls,
            sum(tool_errors) AS tool_errors, sum(handoffs) AS handoffs,
            arraySort(groupUniqArrayIf(conversation_id, conversation_id != '')) AS conversations,
            arraySort(groupUniqArrayIf(user_id, user_id != '')) AS users
     FROM agentops.task_outcomes WHERE hasAny(trace_ids, {traces:Array(String)})`,
    { traces },
  );
  const [steps] = await store.query<{ models: string[]; tool_calls: string[] }>(
    `SELECT arraySort(groupUniqArrayIf(model, kind = 'llm')) AS models,
            arraySort(groupArrayIf(tool, kind = 'tool')) AS tool_calls
     FROM agentops.run_steps WHERE counted AND trace_id IN {traces:Array(String)}`,
    { traces },
  );
  const { ids } = tasks!;
  const [usage] = await store.query<Record<keyof Truth['usage'], string>>(
    `SELECT sum(input_tokens) AS input, sum(cached_input_tokens) AS cached_input,
            sum(cache_write_tokens) AS cache_write, sum(output_tokens) AS output, sum(reasoning_tokens) AS reasoning
     FROM agentops.cost_entries WHERE kind = 'model' AND task_id IN {ids:Array(String)}`,
    { ids },
  );
  const approvals = await store.query<{ approval: string }>(
    `SELECT concat(decision, ' ', tool) AS approval FROM agentops.approvals
     WHERE task_id IN {ids:Array(String)} ORDER BY approval`,
    { ids },
  );
  return {
    tasks: Number(tasks!.tasks),
    unended: Number(tasks!.unended),
    verdicts: Number(tasks!.verdicts),
    runs: Number(tasks!.runs),
    agents: tasks!.agents.map((agent) => agent.replace(/^unregistered:/, '')),
    model_calls: Number(tasks!.model_calls),
    models: steps!.models,
    tool_calls: steps!.tool_calls,
    inferred_tool_calls: Number(tasks!.inferred_tool_calls),
    tool_errors: Number(tasks!.tool_errors),
    handoffs: Number(tasks!.handoffs),
    approvals: approvals.map(({ approval }) => approval),
    usage: {
      input: Number(usage!.input),
      cached_input: Number(usage!.cached_input),
      cache_write: Number(usage!.cache_write),
      output: Number(usage!.output),
      reasoning: Number(usage!.reasoning),
    },
    conversations: tasks!.conversations,
    users: tasks!.users,
  };
}
