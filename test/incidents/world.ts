import {
  type AlertDefinition,
  alertsOf,
  escalationChain,
  instanceKey,
  type PostableAlert,
} from '@agentops/alerts';
import { createClock, type Fired, observe, type ReplayRange, replay } from '@agentops/cli/alerts';
import {
  createMaintainer,
  publishRegistry,
  type SourceRecord,
  type Store,
  type StreamSource,
} from '@agentops/processor';
import { loadRegistry, type RegistryDocument, readRegistryFiles } from '@agentops/registry';
import { testFile } from '../servers/tools.ts';
import { type Body, EXACT, records, run, SCHEMA } from '../tools/chain.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** A Monday, 9 o'clock in Tokyo. Times are ms since the epoch, as everywhere here. */
export const MONDAY = Date.UTC(2026, 10, 16);

/** How often a rule is asked that fails. */
const TRIES = 5;

/** The sample company, to be changed by whoever asked for it. */
export function company(): RegistryDocument {
  const { document } = loadRegistry(readRegistryFiles(testFile('../registry/company')));
  return structuredClone(document!);
}

/** A trace, and when it reaches us. */
export interface Sent {
  readonly at: number;
  readonly body: Body;
  /** Through which door; default one. */
  readonly source?: string;
}

/** An alert that was told. Times in minutes since the world's zero. */
export interface Call {
  readonly alert: string;
  readonly severity: string;
  readonly about: string;
  /** The channel of the registry that is called. */
  readonly told: string;
  readonly fires: number;
  /** null: it has not by the end. */
  readonly ends: number | null;
}

export interface World {
  /** Telemetry that will come. */
  send(sent: readonly Sent[]): void;
  /** From now on the registry is this one. */
  publish(registry: RegistryDocument, at: number): Promise<void>;
  /**
   * Lets time pass: rules are evaluated every `every`. Telemetry up to the next of `phases` is loaded at once, since rules
   * look at nothing later than their own time; where it matters what is not there yet (a silence that ends, a circle under
   * way), a phase ends.
   */
  watch(range: Watch): Promise<Call[]>;
  /** The same, as the rules said it. */
  fired(range: Watch): Promise<Fired[]>;
}

export interface Watch {
  readonly from: number;
  readonly to: number;
  readonly every: ReplayRange['stepMs'];
  readonly phases?: readonly number[];
  /** Default all that call somebody. */
  readonly alerts?: readonly string[];
  /** The rule that is asked in place of one; default itself. */
  readonly rule?: (alert: AlertDefinition) => AlertDefinition;
  /** Before rules are evaluated as of a time. */
  readonly onTime?: (now: number) => void;
  /** After telemetry was loaded until then. */
  readonly onLoaded?: (until: number) => Promise<void>;
}

/** The channel of the registry that is called first. */
export function toldOf(registry: RegistryDocument, { labels }: PostableAlert): string {
  const { agent = '', domain = '', department = '' } = labels;
  return escalationChain(registry, { agent, domain, department })[0]!.id;
}

/** What came through each door, one after the other. */
function doors(sources: ReadonlyMap<string, readonly SourceRecord[]>): StreamSource {
  const left = [...sources];
  return {
    get exhausted() {
      return left.length === 0;
    },
    async poll() {
      const next = left.shift();
      if (next === undefined) return null;
      const [source, found] = next;
      return { source, records: found, next: found.at(-1)!.offset + 1 };
    },
    async commit() {},
    async close() {},
  };
}

/** The real chain with the time of the telemetry: what the views call now is the time that is being replayed. */
export async function createWorld(store: Store, registry: RegistryDocument, zero: number): Promise<World> {
  // Many small questions: threads and compiled expressions would cost more than they save.
  await store.command('SET max_threads = 1, compile_expressions = 0');
  const clock = await createClock(store, { ...SCHEMA, currency: registry.organisation.currency }, zero);
  await publishRegistry(store, registry, BigInt(zero - 100 * DAY) * 1_000_000n);
  let coming: Sent[] = [];
  let offset = 0;

  /** What comes until then, through the chain. */
  async function load(until: number): Promise<void> {
    const due = coming.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
    coming = coming.filter(({ at }) => at > until);
    if (due.length === 0) return;
    const bodies = records(due.map(({ body }) => body)).map((record, i) => ({
      ...record,
      offset: offset++,
      receivedAt: due[i]!.at,
    }));
    const sources = new Map<string, SourceRecord[]>();
    bodies.forEach((record, i) => {
      const source = due[i]!.source ?? 'test';
      if (!sources.has(source)) sources.set(source, []);
      sources.get(source)!.push(record);
    });
    await run(store, doors(sources));
    await createMaintainer(store, SCHEMA, EXACT).round();
    clock.forget();
  }

  /** Lets time pass, and evaluates the rules. */
  async function fired({
    from,
    to,
    every,
    phases = [],
    alerts: ids,
    rule = (alert) => alert,
    onTime = () => {},
    onLoaded = async () => {},
  }: Watch): Promise<Fired[]> {
    const asked = alertsOf(registry)
      .filter(({ id, severity }) => (ids === undefined ? severity !== 'info' : ids.includes(id)))
      .map(rule);
    const ends = [...phases, to + HOUR].sort((a, b) => a - b);
    let [time, loaded] = [Number.NaN, Number.NEGATIVE_INFINITY];
    return replay(asked, { from, to, stepMs: every }, async (alert, now) => {
      if (now !== time) {
        onTime(now);
        await clock.set(now);
        time = now;
        if (now > loaded) {
          loaded = ends.find((end) => end >= now)!;
          await load(loaded);
          await onLoaded(loaded);
        }
      }
      const asked = await clock.rule(alert);
      let seen = await observe(store, asked, now);
      // A rule that takes too long is an error of an evaluator; here a machine may only have paused.
      for (let i = 1; i < TRIES && 'error' in seen; i++) seen = await observe(store, asked, now);
      if ('error' in seen) throw new Error(`${alert.id}: ${seen.error}`);
      return seen;
    });
  }

  return {
    send(sent) {
      coming = [...coming, ...sent];
    },
    async publish(next, at) {
      await publishRegistry(store, next, BigInt(at) * 1_000_000n);
    },
    fired,
    async watch(range) {
      return (await fired(range)).map(({ alert, startedAt, resolvedAt, notification }) => {
        const { labels } = notification;
        return {
          alert,
          severity: labels['severity']!,
          about:
            labels['agent'] ||
            labels['subject'] ||
            labels['scope'] ||
            labels['source'] ||
            instanceKey(labels),
          told: toldOf(registry, notification),
          fires: (startedAt - zero) / MINUTE,
          ends: resolvedAt === null ? null : (resolvedAt - zero) / MINUTE,
        };
      });
    },
  };
}
