import { type LoopNode, type LoopRun, markOfText, type Step, type ToolRules } from '@agentops/processor';
import { digest, digests } from '@agentops/registry/contract';
import { type Chance, chance } from '../tools/otlp.ts';

/** How the telemetry of one sequence looks: what the emitter shows differs, what the agent does not. */
export interface Emitter {
  /** Model calls have spans of their own. */
  readonly models: boolean;
  /** Model calls carry token counts. */
  readonly usage: boolean;
  /** Tool calls carry digests of their arguments; of their results too. */
  readonly arguments: boolean;
  readonly results: boolean;
  /** Median of a model call, milliseconds. */
  readonly latency: number;
}

export const COMPLETE: Emitter = {
  models: true,
  usage: true,
  arguments: true,
  results: true,
  latency: 2_000,
};

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type BuiltNode = Mutable<LoopNode> & { step: Mutable<LoopNode['step']> };

export interface CallOptions {
  readonly failed?: boolean;
  readonly ms?: number;
}

/**
 * Writes a run step by step, as an agent would do it: time passes, contexts grow, digests are the product's own, of
 * real arguments. Every method returns the span id of the step that it wrote.
 */
export interface Trace {
  readonly chance: Chance;
  readonly emitter: Emitter;
  readonly rules: Map<string, ToolRules>;
  /** A model call with an answer of `output` tokens, by default as short as a request for a tool is. */
  think(options?: { readonly output?: number; readonly input?: number; readonly failed?: boolean }): string;
  /** Only the tool: what comes with others in one turn. */
  tool(name: string, args: unknown, result: unknown, options?: CallOptions): string;
  /** A turn: the model thinks, then the tool runs. */
  call(name: string, args: unknown, result: unknown, options?: CallOptions): string;
  /** Nothing runs for this long. */
  pause(ms: number): void;
  handOff(from: string, to: string): string;
  /** An agent's work within the current one. */
  agent(name: string, body: () => void): string;
  /** The same, side by side. */
  agents(names: readonly string[], body: (index: number) => void): void;
  /** Ordinary work: `turns` calls that are all different. */
  work(turns: number): void;
  finish(): LoopRun;
}

const KEY = 'of the labelled set';

const DEFAULT_RULES: ToolRules = { effect: '', polling: false, pagination: false, identical: 0 };

export function allow(trace: Trace, tool: string, rules: Partial<ToolRules>): void {
  trace.rules.set(tool, { ...DEFAULT_RULES, ...rules });
}

export function createTrace(seed: number, emitter: Emitter): Trace {
  const random = chance(seed);
  const nodes: BuiltNode[] = [];
  let now = 1_795_000_000_000_000_000n;
  let context = 900;
  let current: BuiltNode | null = null;
  let serial = 0;

  function add(kind: Step['kind'], name: string, ms: number, more: Partial<BuiltNode['step']>): BuiltNode {
    const startedAt = now;
    now += BigInt(Math.max(1, Math.round(ms * 1_000_000)));
    const node: BuiltNode = {
      step: {
        spanId: (++serial).toString(16).padStart(16, '0'),
        parentSpanId: current?.step.spanId ?? '',
        kind,
        name,
        startedAt,
        endedAt: now,
        handoff: null,
        claims: { agentName: '' },
        requestModel: '',
        inputTokens: -1,
        outputTokens: -1,
        toolName: '',
        argumentsMark: 0,
        argumentsDigest: '',
        argumentsShapeDigest: '',
        resultMark: 0,
        resultDigest: '',
        ...more,
      },
      parent: current,
      agent: current,
      counted: kind === 'llm' || kind === 'tool',
      failed: false,
    };
    nodes.push(node);
    // What the framework does between two steps.
    now += BigInt(5 + Math.floor(random.next() * 120)) * 1_000_000n;
    return node;
  }

  const trace: Trace = {
    chance: random,
    emitter,
    rules: new Map(),
    think({ output = 15 + random.int(45), input, failed = false } = {}) {
      const ms = emitter.latency * (0.5 + random.next());
      if (input !== undefined) context = input;
      if (!emitter.models) {
        now += BigInt(Math.round(ms * 1_000_000));
        return '';
      }
      const known = emitter.usage && !failed;
      const node = add('llm', 'chat', ms, {
        requestModel: 'gpt-4o',
        ...(known && { inputTokens: context, outputTokens: output }),
      });
      node.failed = failed;
      if (!failed) context += output;
      return node.step.spanId;
    },
    tool(name, args, result, { failed = false, ms = 20 + random.next() * 800 } = {}) {
      const asked = emitter.arguments ? digests(args, KEY, 'helper') : { digest: '', shapeDigest: '' };
      const told = emitter.results && result !== undefined ? digest(result, KEY, 'helper') : '';
      const node = add('tool', `execute_tool ${name}`, ms, {
        toolName: name,
        argumentsMark: markOfText(asked.digest),
        argumentsDigest: asked.digest,
        argumentsShapeDigest: asked.shapeDigest,
        resultMark: markOfText(told),
        resultDigest: told,
      });
      node.failed = failed;
      context += 40 + random.int(200);
      return node.step.spanId;
    },
    call(name, args, result, options) {
      trace.think();
      return trace.tool(name, args, result, options);
    },
    pause(ms) {
      now += BigInt(Math.round(ms)) * 1_000_000n;
    },
    handOff(from, to) {
      return add('handoff', `handoff to ${to}`, 1, { handoff: { from, to, human: false } }).step.spanId;
    },
    agent(name, body) {
      const outer = current;
      const node = add('run', `invoke_agent ${name}`, 1, { claims: { agentName: name } });
      node.agent = node;
      current = node;
      body();
      node.step.endedAt = now;
      current = outer;
      return node.step.spanId;
    },
    agents(names, body) {
      const start = now;
      let end = now;
      names.forEach((name, index) => {
        now = start + BigInt(index) * 1_000_000n;
        trace.agent(name, () => body(index));
        if (now > end) end = now;
      });
      now = end;
    },
    work(turns) {
      for (let i = 0; i < turns; i++) {
        const tool = ORDINARY[random.int(ORDINARY.length)]!;
        trace.call(tool, { ref: `${tool} ${serial} ${random.int(1e9)}` }, { found: random.int(1e9) });
      }
    },
    finish() {
      nodes.sort((a, b) =>
        a.step.startedAt !== b.step.startedAt
          ? a.step.startedAt < b.step.startedAt
            ? -1
            : 1
          : a.step.spanId < b.step.spanId
            ? -1
            : 1,
      );
      return { traceId: seed.toString(16).padStart(32, '0'), nodes, inferred: [] };
    },
  };
  return trace;
}

const ORDINARY = [
  'get_customer',
  'search_orders',
  'calculate',
  'update_ticket',
  'read_policy',
  'draft_reply',
];
