import {
  approvalDecided,
  approvalRequested,
  beginAgentRun,
  beginModelCall,
  beginToolCall,
  escalation,
  evaluation,
  outcome,
} from '@agentops/instrumentation';
import { type Context, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Profile } from './fleet.ts';
import type { Random } from './random.ts';

/** What really happened, counted while it was made up. */
export interface Truth {
  tasks: number;
  runs: number;
  modelCalls: number;
  toolCalls: number;
  toolErrors: number;
  inputTokens: number;
  cachedInputTokens: number;
  outputTokens: number;
  loops: number;
  approvals: number;
  outcomes: Record<string, number>;
}

export function emptyTruth(): Truth {
  return {
    tasks: 0,
    runs: 0,
    modelCalls: 0,
    toolCalls: 0,
    toolErrors: 0,
    inputTokens: 0,
    cachedInputTokens: 0,
    outputTokens: 0,
    loops: 0,
    approvals: 0,
    outcomes: {},
  };
}

const MINUTE = 60_000;

/** One task of one agent, from its first span to its verdict. Times are ms since the epoch. */
export function simulateTask(profile: Profile, random: Random, at: number, truth: Truth): void {
  const id = `${profile.agent}-${random.hex(6)}`;
  const user = `user-${random.int(1, profile.users)}`;
  const department = profile.departments.length > 0 ? random.pick(profile.departments) : undefined;
  const dimensions = {
    user,
    conversation: `conv-${id}`,
    ...(profile.taskType !== '' && {
      task: id,
      taskType: profile.taskType,
      taskRef: `REF-${random.int(10_000, 99_999)}`,
    }),
    ...(department !== undefined && { department }),
  };
  const clock = { now: at };
  const run = beginAgentRun(profile.agent, {
    parent: ROOT_CONTEXT,
    startTime: at,
    version: profile.version,
    ...dimensions,
  });
  truth.tasks++;
  truth.runs++;

  think(profile, random, run.context, clock, truth, random.int(0, 2));
  const amount = profile.pays === undefined ? 0 : Math.round(random.around(profile.pays.median, 0.9));
  let finished = true;
  for (const tool of profile.tools) {
    const acts = tool === profile.pays?.tool;
    if (acts && !random.chance(0.7)) continue;
    if (acts && mustAsk(profile, random, amount)) {
      finished = ask(profile, random, run.context, clock, truth, { id, user, amount, tool, dimensions });
      if (!finished) break;
    }
    const delegate = profile.delegates;
    if (delegate !== undefined && acts && random.chance(delegate.share)) {
      const sub = beginAgentRun(delegate.agent, { parent: run.context, startTime: clock.now });
      think(profile, random, sub.context, clock, truth, 1);
      act(profile, random, sub.context, clock, truth, tool, acts ? amount : undefined);
      sub.end(clock.now);
    } else {
      act(profile, random, run.context, clock, truth, tool, acts ? amount : undefined);
    }
    think(profile, random, run.context, clock, truth, 1);
  }
  if (random.chance(profile.loops)) loop(profile, random, run.context, clock, truth);
  conclude(profile, random, run, clock, truth, id, finished);
}

type Clock = { now: number };

function think(
  profile: Profile,
  random: Random,
  parent: Context,
  clock: Clock,
  truth: Truth,
  times: number,
): void {
  for (let i = 0; i < times; i++) {
    const call = beginModelCall({
      provider: profile.provider,
      model: profile.model,
      parent,
      startTime: clock.now,
    });
    const input = Math.round(random.around(profile.inputTokens, 0.35));
    const cacheRead = Math.round(input * profile.cached * random.next());
    const output = Math.round(random.around(180, 0.6));
    clock.now += Math.round(300 + output * 9 + random.around(400, 0.5));
    call.response({
      id: `resp_${random.hex(10)}`,
      model: profile.model,
      finishReasons: ['tool_calls'],
      usage: { input, cacheRead, output },
    });
    call.end(clock.now);
    truth.modelCalls++;
    truth.inputTokens += input - cacheRead;
    truth.cachedInputTokens += cacheRead;
    truth.outputTokens += output;
  }
}

function act(
  profile: Profile,
  random: Random,
  parent: Context,
  clock: Clock,
  truth: Truth,
  tool: string,
  amount: number | undefined,
  args: unknown = { id: random.hex(4) },
): void {
  const call = beginToolCall(tool, {
    parent,
    startTime: clock.now,
    callId: `call_${random.hex(8)}`,
    arguments: args,
    ...(amount !== undefined && { amount, currency: 'JPY' }),
  });
  clock.now += Math.round(random.around(250, 0.7));
  truth.toolCalls++;
  if (random.chance(profile.toolError)) {
    truth.toolErrors++;
    call.fail(Object.assign(new Error(`${tool} timed out`), { name: 'TimeoutError' }), clock.now);
  } else {
    call.result({ ok: true, of: args });
    call.end(clock.now);
  }
}

/** The same call again and again, two in turn, or a storm of retries. */
function loop(profile: Profile, random: Random, parent: Context, clock: Clock, truth: Truth): void {
  truth.loops++;
  const rounds = random.int(5, 14);
  const same = { id: 'AB-1' };
  const alternates = random.chance(0.4) && profile.tools.length > 1;
  for (let i = 0; i < rounds; i++) {
    const tool = alternates ? profile.tools[i % 2]! : profile.tools[0]!;
    act(profile, random, parent, clock, truth, tool, undefined, same);
    think(profile, random, parent, clock, truth, 1);
  }
}

/** Over ¥100,000 always, up to ¥10,000 never, between them 5 %. */
function mustAsk(profile: Profile, random: Random, amount: number): boolean {
  const { approval } = profile;
  if (approval === undefined) return false;
  if (approval === 'always') return true;
  if (approval === 'expense') return amount > 100_000 || (amount > 10_000 && random.chance(0.05));
  return amount > approval.over;
}

/** Asks a person. True when the task may go on; the answer may come in another trace. */
function ask(
  profile: Profile,
  random: Random,
  parent: Context,
  clock: Clock,
  truth: Truth,
  what: {
    id: string;
    user: string;
    amount: number;
    tool: string;
    dimensions: Parameters<typeof beginAgentRun>[1];
  },
): boolean {
  // Now and then the rule is forgotten.
  if (random.chance(0.02)) return true;
  truth.approvals++;
  const id = `approval-${random.hex(6)}`;
  const rule = profile.approval === 'always' ? 'always' : what.amount > 100_000 ? 'threshold' : 'sample';
  const channel = profile.approval === 'always' ? 'care-reviews' : 'expense-approvals';
  approvalRequested({
    id,
    rule,
    channel,
    requestedBy: what.user,
    slaSeconds: rule === 'always' ? 1800 : 14_400,
    tool: what.tool,
    amount: what.amount,
    currency: 'JPY',
    parent,
    startTime: clock.now,
  });
  clock.now += Math.round(random.around(25 * MINUTE, 1.1));
  const decision = random.chance(0.9) ? 'approved' : random.chance(0.7) ? 'rejected' : 'edited';
  const reviewer = random.pick(['yuki.sato', 'hana.ito', 'mei.fujita']);
  if (random.chance(0.5)) {
    approvalDecided({ id, decision, rule, reviewer, channel, parent, startTime: clock.now });
  } else {
    // Resumed in a trace of its own, as most frameworks do it.
    const resumed = beginAgentRun(profile.agent, {
      ...what.dimensions,
      parent: ROOT_CONTEXT,
      startTime: clock.now,
      version: profile.version,
    });
    truth.runs++;
    approvalDecided({ id, decision, rule, reviewer, channel, parent: resumed.context, startTime: clock.now });
    think(profile, random, resumed.context, clock, truth, 1);
    resumed.end(clock.now);
  }
  return decision !== 'rejected';
}

function conclude(
  profile: Profile,
  random: Random,
  run: ReturnType<typeof beginAgentRun>,
  clock: Clock,
  truth: Truth,
  id: string,
  finished: boolean,
): void {
  const count = (name: string): void => {
    truth.outcomes[name] = (truth.outcomes[name] ?? 0) + 1;
  };
  const silent = profile.taskType === '' || random.chance(profile.silent);
  if (random.chance(profile.escalates)) {
    escalation('business', 'not within policy', { parent: run.context, startTime: clock.now });
    if (!silent) run.outcome('escalated');
    count(silent ? 'unknown' : 'escalated');
  } else {
    const verdict = finished && random.chance(profile.success) ? 'success' : 'failure';
    if (!silent) run.outcome(verdict);
    let known: string = silent ? 'unknown' : verdict;
    if (!silent && random.chance(0.12)) {
      // A person looks later, and does not always agree.
      const human = random.chance(0.88) ? verdict : 'failure';
      outcome(id, human, { source: 'human', parent: ROOT_CONTEXT, startTime: clock.now + 3 * 60 * MINUTE });
      known = human;
    }
    count(known);
    if (profile.service === 'marketing-copy') {
      evaluation({
        name: 'style',
        score: Math.round(random.next() * 100) / 100,
        evaluator: 'evaluator',
        parent: run.context,
        startTime: clock.now,
      });
    }
  }
  clock.now += 40;
  run.end(clock.now);
}
