import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from '../tools/otlp.ts';
import type { Child } from './child.ts';
import type { Network } from './network.ts';

/** What stands on the stage while everything is broken. */
export interface Stage {
  readonly random: Chance;
  /** With what lies between each of them and ClickHouse. */
  readonly processors: Map<Child, Network>;
  start(): Promise<void>;
  /** One of the processors, at random. */
  victim(): Child | undefined;
  store: Child;
  startStore(): Promise<void>;
  /** Valid from now on. */
  changeRegistry(): Promise<void>;
  /** By SIGKILL, and again on its queue. */
  restartCollector(): Promise<void>;
}

/** Longer than the session of a processor: it goes on as one that the group has given up. */
const FREEZE_MS = 4_500;
/** A processor stores something within this time, and all that belongs to it a moment later. */
const HOLD_MS = 4_000;
const ALL_OF_IT_MS = 150;
/** How long ClickHouse is slow once it has come back. */
const SLOW_MS = 6_000;

/** What is done, each as often as its weight among all says. */
export const TORMENTS = {
  'a processor is killed': {
    weight: 11,
    async run({ processors, victim, start, random }: Stage) {
      const child = victim();
      if (child === undefined) return;
      processors.delete(child);
      await child.kill();
      await sleep(random.int(800));
      await start();
    },
  },
  'a processor is killed while its inserts are on their way': {
    weight: 9,
    async run({ processors, victim, start }: Stage) {
      const child = victim();
      if (child === undefined) return;
      await processors.get(child)!.hold(HOLD_MS);
      await sleep(ALL_OF_IT_MS);
      processors.delete(child);
      await child.kill();
      await start();
    },
  },
  'a processor stands still beyond its session': {
    weight: 2,
    async run({ victim }: Stage) {
      victim()?.freeze(FREEZE_MS);
    },
  },
  'a processor is stopped and another started': {
    weight: 2,
    async run({ processors, victim, start }: Stage) {
      const child = victim();
      if (child === undefined) return;
      processors.delete(child);
      await start();
      await child.end();
    },
  },
  'one more processor, or one fewer': {
    weight: 2,
    async run({ processors, victim, start }: Stage) {
      if (processors.size < 3) await start();
      else {
        const child = victim()!;
        processors.delete(child);
        await child.end();
      }
    },
  },
  'ClickHouse is killed and comes back slow': {
    weight: 2,
    async run(stage: Stage) {
      await stage.store.kill();
      await sleep(stage.random.int(3_000));
      await stage.startStore();
      stage.store.slow(SLOW_MS);
    },
  },
  'ClickHouse does not answer for a while': {
    weight: 2,
    async run({ store, random }: Stage) {
      store.freeze(500 + random.int(4_000));
    },
  },
  'the Collector is killed': {
    weight: 2,
    async run({ restartCollector }: Stage) {
      await restartCollector();
    },
  },
  'the registry is changed': {
    weight: 2,
    async run({ changeRegistry }: Stage) {
      await changeRegistry();
    },
  },
} as const;

/** How often each thing was done. */
export type Torments = Record<keyof typeof TORMENTS | 'the broker is killed', number>;

export function noTorments(): Torments {
  const names = [...Object.keys(TORMENTS), 'the broker is killed'];
  return Object.fromEntries(names.map((name) => [name, 0])) as Torments;
}

/** One after the other, at random, until it is `over`. */
export async function breakThings(
  stage: Stage,
  torments: Torments,
  over: () => boolean,
  say: (message: string) => void,
): Promise<void> {
  const names = Object.keys(TORMENTS) as (keyof typeof TORMENTS)[];
  const bag = names.flatMap((name) => Array.from({ length: TORMENTS[name].weight }, () => name));
  while (!over()) {
    // Now and then there is time to get something done.
    await sleep(stage.random.next() < 0.15 ? 6_000 : 250 + stage.random.int(2_000));
    const name = bag[stage.random.int(bag.length)]!;
    say(name);
    torments[name]++;
    await TORMENTS[name].run(stage);
  }
}
