import { escalation, evaluation, outcome } from '@agentops/instrumentation';
import { type Context, ROOT_CONTEXT } from '@opentelemetry/api';
import { askPerson } from './approval.ts';
import { loop } from './loops.ts';
import type { Profile } from './profile.ts';
import type { Random } from './random.ts';
import { act, at, beginRun, delegate, endRun, here, NOT_YET, pass, type Scene, think } from './scene.ts';
import { type Truth, tally } from './truth.ts';
import { WORDS } from './words.ts';

const HOUR = 3_600_000;
const OVERSPENDS = 0.015;
const APPETITE = 7;
const PAYS = 0.7;

/** One task of one agent, from its first span to its verdict. Times are ms since the epoch. */
export function simulateTask(
  profile: Profile,
  random: Random,
  startedAt: number,
  until: number,
  truth: Truth,
): void {
  const scene = setScene(profile, random, startedAt, until, truth);
  truth.tasks++;
  tally(truth.tasksByDepartment, scene.dimensions.department ?? '');
  try {
    play(scene);
  } catch (error) {
    if (error !== NOT_YET) throw error;
    tally(truth.outcomes, 'open');
  }
}

function setScene(profile: Profile, random: Random, now: number, until: number, truth: Truth): Scene {
  const taskId = `${profile.agent}-${random.hex(6)}`;
  const user = `user-${random.int(1, profile.users)}`;
  const dimensions = {
    user,
    conversation: `conv-${taskId}`,
    department: profile.departments.length > 0 ? random.pick(profile.departments) : undefined,
    ...(profile.taskType !== '' && {
      task: taskId,
      taskType: profile.taskType,
      taskRef: `REF-${random.int(10_000, 99_999)}`,
    }),
  };
  const appetite = random.chance(profile.overspends ?? OVERSPENDS) ? APPETITE : 1;
  if (appetite > 1) truth.overspent++;
  const amount = profile.pays === undefined ? 0 : Math.round(random.around(profile.pays.median, 0.9));
  const run = beginRun({ profile, dimensions, now }, truth);
  const words = WORDS[profile.agent]?.(taskId, amount) ?? null;
  const work = { taskId, user, dimensions, appetite, amount, words };
  return { profile, random, truth, until, ...work, now, run, last: null };
}

function play(scene: Scene): void {
  const { profile, random, amount } = scene;
  for (let i = random.int(0, 2); i > 0; i--) think(scene);
  let allowed = true;
  for (const tool of profile.tools) {
    const pays = tool === profile.pays?.tool;
    if (pays && !random.chance(profile.pays!.share ?? PAYS)) continue;
    if (pays) {
      allowed = askPerson(scene, tool, amount);
      if (!allowed) break;
      pay(scene, tool, amount);
    } else {
      for (let i = random.times(profile.effort ?? 1); i > 0; i--) useTool(scene, tool);
    }
    if (tool === profile.polls?.tool) poll(scene, profile.polls);
    think(scene);
  }
  if (random.chance(profile.loops)) loop(scene);
  conclude(scene, allowed);
}

function poll(scene: Scene, { tool, times, everySeconds }: NonNullable<Profile['polls']>): void {
  const call = { tool, arguments: { id: scene.random.hex(4) }, fails: false };
  for (let i = 0; i < times; i++) {
    pass(scene, everySeconds * 1_000);
    act(scene, call);
  }
}

/** The paying call, which a sub-agent may make. */
function pay(scene: Scene, tool: string, amount: number): void {
  const { delegates } = scene.profile;
  if (delegates === undefined || !scene.random.chance(delegates.share)) {
    useTool(scene, tool, amount);
    return;
  }
  delegate(scene, delegates.agent, (inside) => {
    think(scene, inside);
    useTool(scene, tool, amount, inside);
  });
}

/** One call, and up to two more where it fails. */
function useTool(scene: Scene, tool: string, amount?: number, parent?: Context): void {
  const { profile, random } = scene;
  const args = { id: random.hex(4) };
  for (let attempt = 0; attempt < 3; attempt++) {
    const fails = random.chance(profile.toolError);
    act(scene, { tool, arguments: args, fails, ...(amount !== undefined && { amount }) }, parent);
    if (!fails) return;
  }
}

/** How it ends, who says so, and what a person finds later. */
function conclude(scene: Scene, allowed: boolean): void {
  const { profile, random, truth } = scene;
  const silent = profile.taskType === '' || random.chance(profile.silent);
  const escalates = random.chance(profile.escalates);
  const verdict = escalates ? 'escalated' : allowed && random.chance(profile.success) ? 'success' : 'failure';
  if (escalates) {
    at(scene, () => escalation('business', 'not within policy', here(scene)));
    truth.escalations++;
  }
  if (profile.evaluated !== undefined && random.chance(profile.evaluated)) {
    const score = Math.round(random.next() * 100) / 100;
    at(scene, () => evaluation({ ...here(scene), name: 'style', score, evaluator: 'evaluator' }));
    truth.evaluations++;
  }
  if (!silent) scene.run.outcome(verdict, { source: profile.verdictBy });
  const looksLater = !silent && !escalates && random.chance(0.12);
  const human = looksLater && (random.chance(0.88) ? verdict : 'failure');
  endRun(scene);

  const lookedAt = scene.now + 3 * HOUR;
  if (human === false || lookedAt >= scene.until) {
    tally(truth.outcomes, silent ? 'unknown' : verdict);
    return;
  }
  // A person looks later, and does not always agree.
  at(scene, () =>
    outcome(scene.taskId, human, { source: 'human', parent: ROOT_CONTEXT, startTime: lookedAt }),
  );
  tally(truth.outcomes, human);
}
