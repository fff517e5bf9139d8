import {
  type AgentRunOptions,
  beginAgentRun,
  beginModelCall,
  beginToolCall,
  handoff,
  type Placement,
  type WorkStep,
} from '@agentops/instrumentation';
import { type Context, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Profile } from './profile.ts';
import type { Random } from './random.ts';
import type { Truth } from './truth.ts';
import { modelContent, type Returned, type Words } from './words.ts';

/** One task while it is played: whose it is, what time it is there, and the run that it is in. */
export interface Scene {
  readonly profile: Profile;
  readonly random: Random;
  readonly truth: Truth;
  /** ms since the epoch; nothing happens from here on. */
  readonly until: number;
  readonly taskId: string;
  readonly user: string;
  readonly dimensions: AgentRunOptions;
  /** Model calls take this many times the usual input. */
  readonly appetite: number;
  /** Of the paying call, JPY; 0 where the agent pays nothing. */
  readonly amount: number;
  /** What is said, where the agent's content is kept. */
  readonly words: Words | null;
  /** ms since the epoch */
  now: number;
  last: Returned | null;
  run: WorkStep;
}

/** Thrown where a task would go on after the end of the simulated time: what it had begun stays open. */
export const NOT_YET = Symbol('not yet');

/** Lets time pass. */
export function pass(scene: Scene, ms: number): void {
  scene.now += Math.round(ms);
  if (scene.now >= scene.until) throw NOT_YET;
}

/** Where the next span stands. */
export function here(scene: Scene, parent: Context = scene.run.context): Placement {
  return { parent, startTime: scene.now };
}

/** A trace of its own for the task: its first run, or one that resumes it. */
export function beginRun(
  { profile, dimensions, now }: Pick<Scene, 'profile' | 'dimensions' | 'now'>,
  truth: Truth,
): WorkStep {
  truth.runs++;
  return beginAgentRun(profile.agent, {
    ...dimensions,
    parent: ROOT_CONTEXT,
    startTime: now,
    version: profile.version,
  });
}

/** A step without duration is over at once. */
export function at(scene: Scene, say: () => void): void {
  say();
  scene.truth.spans++;
}

export function endRun(scene: Scene): void {
  pass(scene, 40);
  scene.run.end(scene.now);
  scene.truth.spans++;
}

const MODEL_ERRORS = 0.004;

/** One model call, and another where the first is refused. */
export function think(scene: Scene, parent?: Context): void {
  const { profile, random, truth, appetite, words } = scene;
  const { pace = 1 } = profile;
  const said = words === null ? null : modelContent(words, scene.last);
  const call = beginModelCall({
    provider: profile.provider,
    model: profile.model,
    ...here(scene, parent),
    ...(said !== null && { system: said.system, input: said.input }),
  });
  if (random.chance(profile.modelError ?? MODEL_ERRORS)) {
    pass(scene, pace * random.around(900, 0.5));
    call.fail(Object.assign(new Error('429 too many requests'), { name: 'RateLimitError' }), scene.now);
    truth.modelCalls++;
    truth.modelErrors++;
    truth.spans++;
    think(scene, parent);
    return;
  }
  const input = Math.round(random.around(profile.inputTokens * appetite, 0.35));
  const cacheRead = Math.round(input * profile.cached * random.next());
  const cacheWrite = Math.round((input - cacheRead) * (profile.cacheWrites ?? 0) * random.next());
  const output = Math.round(random.around(180, 0.6));
  const reasoning = Math.round(output * (profile.reasoning ?? 0));
  pass(scene, pace * (300 + output * 9 + random.around(400, 0.5)));
  call.response({
    id: `resp_${random.hex(10)}`,
    model: profile.model,
    finishReasons: ['tool_calls'],
    ...(said !== null && { output: said.output }),
    usage: {
      input,
      output,
      ...(profile.cached > 0 && { cacheRead }),
      ...(profile.cacheWrites !== undefined && { cacheWrite }),
      ...(profile.reasoning !== undefined && { reasoning }),
    },
  });
  call.end(scene.now);
  truth.modelCalls++;
  truth.inputTokens += input - cacheRead - cacheWrite;
  truth.cachedInputTokens += cacheRead;
  truth.cacheWriteTokens += cacheWrite;
  truth.outputTokens += output;
  truth.reasoningTokens += reasoning;
  truth.spans++;
}

export interface Call {
  readonly tool: string;
  readonly arguments: { readonly id: string };
  readonly amount?: number;
  readonly fails: boolean;
}

export function act(scene: Scene, { tool, amount, fails, ...call }: Call, parent?: Context): void {
  const { random, truth, words } = scene;
  const step = beginToolCall(tool, {
    ...here(scene, parent),
    callId: `call_${random.hex(8)}`,
    arguments: call.arguments,
    ...(amount !== undefined && { amount, currency: 'JPY' }),
  });
  pass(scene, (scene.profile.pace ?? 1) * random.around(250, 0.7));
  truth.toolCalls++;
  truth.spans++;
  if (fails) {
    truth.toolErrors++;
    step.fail(Object.assign(new Error(`${tool} timed out`), { name: 'TimeoutError' }), scene.now);
  } else {
    const result = words?.returns(tool, call.arguments.id) ?? { ok: true, of: call.arguments };
    step.result(result);
    step.end(scene.now);
    scene.last = { tool, result };
  }
}

/** What a sub-agent does inside the run. */
export function delegate(scene: Scene, agent: string, work: (inside: Context) => void): void {
  const sub = beginAgentRun(agent, here(scene));
  work(sub.context);
  sub.end(scene.now);
  scene.truth.subRuns++;
  scene.truth.spans++;
}

export function handOver(scene: Scene, from: string, to: string): void {
  at(scene, () => handoff(from, to, here(scene)));
  scene.truth.handoffs++;
}
