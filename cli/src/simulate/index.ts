import { configureContent } from '@agentops/instrumentation/start';
import { trace } from '@opentelemetry/api';
import { type Destination, openDestination } from './destination.ts';
import { FLEET } from './fleet.ts';
import { type Change, type Profile, profileAt } from './profile.ts';
import { createRandom, type Random } from './random.ts';
import { createService } from './service.ts';
import { simulateTask } from './task.ts';
import { emptyTruth, type Truth } from './truth.ts';
import { WORDS } from './words.ts';

export type SimulateOptions = Destination & {
  readonly seed: number;
  readonly from: Date;
  /** Nothing happens from here on: tasks that would go on stay open. */
  readonly to: Date;
  /** Scales every agent's traffic; default 1. */
  readonly scale?: number | undefined;
  /** The agents; default those of the sample company. */
  readonly fleet?: readonly Profile[] | undefined;
  /** What goes otherwise for a while. */
  readonly changes?: readonly Change[] | undefined;
  /** After each day of the company: that day, as midnight UTC of its date, and the spans sent so far. */
  readonly onDay?: ((day: Date, spans: number) => void) | undefined;
};

export interface SimulatedFleet {
  readonly spans: number;
  /** By agent name. */
  readonly agents: Readonly<Record<string, Truth>>;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const TOKYO = 9 * HOUR;
/** Spans that wait at most before they are exported. */
const BATCH = 2000;

/**
 * A fleet through the real SDK and OTLP exporter: seeded ids and explicit times, so that weeks take seconds and two runs
 * are equal. Returns what really happened, to hold the product's numbers against.
 */
export async function simulate(options: SimulateOptions): Promise<SimulatedFleet> {
  const { seed, from, to, scale = 1, fleet = FLEET, changes = [], onDay } = options;
  const openExporter = openDestination(options);
  const members = fleet.map((profile, index) => ({
    profile,
    truth: emptyTruth(),
    random: createRandom(seed * 1009 + index),
    service: createService(profile, seed * 7919 + index, openExporter()),
  }));
  const sent = (): number => members.reduce((sum, { truth }) => sum + truth.spans, 0);
  try {
    for (let midnight = tokyoMidnight(from.getTime()); midnight < to.getTime(); midnight += DAY) {
      for (const { profile, truth, random, service } of members) {
        service.activate();
        const content = profile.agent in WORDS ? 'masked' : 'none';
        configureContent({ content, digestKey: `simulation-${seed}` });
        const usual = startTimes(profile, random, midnight, scale);
        for (const at of withTraffic(usual, profile, changes, random)) {
          if (at < from.getTime() || at >= to.getTime()) continue;
          simulateTask(profileAt(profile, changes, at), random, at, to.getTime(), truth);
          if (service.queued() >= BATCH) await service.flush();
        }
        await service.flush();
      }
      onDay?.(new Date(midnight + TOKYO), sent());
    }
  } finally {
    for (const { service } of members) await service.close();
    trace.disable();
    configureContent({});
  }
  const lost = members.reduce((sum, { service }) => sum + service.dropped(), 0);
  if (lost > 0)
    throw new Error(
      `${lost} spans could not be sent${'endpoint' in options ? ` to ${options.endpoint}` : ''}`,
    );
  return {
    spans: sent(),
    agents: Object.fromEntries(members.map(({ profile, truth }) => [profile.agent, truth])),
  };
}

function tokyoMidnight(time: number): number {
  return Math.floor((time + TOKYO) / DAY) * DAY - TOKYO;
}

/** Starts of one day's tasks: in office hours where the agent keeps them, else mostly while customers are awake. */
function startTimes(profile: Profile, random: Random, midnight: number, scale: number): number[] {
  const weekday = new Date(midnight + TOKYO).getUTCDay();
  const weekend = weekday === 0 || weekday === 6;
  if (profile.officeHours && weekend) return [];
  const count = Math.round(random.around(profile.tasksPerDay * scale * (weekend ? 0.6 : 1), 0.12));
  return Array.from({ length: count }, () => {
    const [open, close] = profile.officeHours ? [9, 18] : random.chance(0.8) ? [8, 22] : [0, 24];
    return midnight + Math.round((open + random.next() * (close - open)) * HOUR);
  }).sort((a, b) => a - b);
}

const NEARBY = 10 * 60_000;

/** More tasks, or fewer, where an agent has more or less to do than usual. */
function withTraffic(
  usual: readonly number[],
  profile: Profile,
  changes: readonly Change[],
  random: Random,
): number[] {
  return usual
    .flatMap((at) => {
      const { traffic = 1 } = profileAt(profile, changes, at);
      if (traffic === 1) return [at];
      return Array.from({ length: random.times(traffic) }, (_, i) =>
        i === 0 ? at : at + random.int(0, NEARBY),
      );
    })
    .sort((a, b) => a - b);
}

export { FLEET } from './fleet.ts';
export type { ApprovalPolicy, Change, Profile } from './profile.ts';
export type { Truth } from './truth.ts';
