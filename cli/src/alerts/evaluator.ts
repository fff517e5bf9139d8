import {
  type AlertDefinition,
  EVALUATION_SECONDS,
  evaluateRule,
  type Frame,
  type Instance,
  instanceKey,
  inTheirLabels,
  notificationOf,
  type Observation,
  readFrame,
} from '@agentops/alerts';
import { expandBackendMacros } from '@agentops/dashboards';
import type { Store } from '@agentops/processor';
import {
  type Episode,
  type Instances,
  loadEpisodes,
  loadInstances,
  saveEpisodes,
  saveInstances,
} from './memory.ts';
import type { Receiver } from './receiver.ts';
import { type Manner, PLAIN } from './registry.ts';

export interface EvaluatorOptions {
  readonly store: Store;
  readonly receiver: Receiver;
  /** Where links to dashboards lead, before what the registry says. */
  readonly grafanaUrl?: string;
  /** Of the page that shows dashboards and runbooks. */
  readonly pageUrl?: string;
  readonly onLog: (message: string) => void;
}

export interface Evaluator {
  /** Reads what was known: again whenever somebody else may have evaluated meanwhile. */
  recall(): Promise<void>;
  /**
   * Evaluates the rules that are due, tells the receiver, and keeps what is known. `isOurs`, asked after each of them: may
   * we go on? Else nothing is told or kept.
   * Returns how many rules were due. What the receiver did not take is said again at the next call, and what is muted when it
   * is not muted any more; an Alertmanager knows by itself when nobody is to be told.
   */
  evaluate(
    alerts: readonly AlertDefinition[],
    now: number,
    isOurs: () => Promise<boolean>,
    manner?: Manner,
  ): Promise<number>;
}

export function createEvaluator({
  store,
  receiver,
  grafanaUrl,
  pageUrl,
  onLog,
}: EvaluatorOptions): Evaluator {
  let known: Map<string, readonly Instance[]> = new Map();
  let episodes = new Map<string, Episode>();
  const evaluatedAt = new Map<string, number>();

  function isDue({ id, severity }: AlertDefinition, now: number): boolean {
    const interval = EVALUATION_SECONDS[severity] * 1_000;
    const last = evaluatedAt.get(id);
    return last === undefined || Math.floor(now / interval) > Math.floor(last / interval);
  }

  /** What is to be said of an alert, beside what was said before. */
  function follow(
    alert: AlertDefinition,
    after: readonly Instance[],
    now: number,
    { links }: Manner,
  ): Episode[] {
    const intervalMs = EVALUATION_SECONDS[alert.severity] * 1_000;
    return after.flatMap((instance) => {
      const notification = notificationOf(alert, instance, {
        now,
        intervalMs,
        links: { ...links, ...(grafanaUrl !== undefined && { grafana: grafanaUrl }) },
        ...(pageUrl !== undefined && { pageUrl }),
      });
      if (notification === null) return [];
      const { labels, firedAt: startedAt, resolvedAt } = instance;
      const fresh = { notifiedAt: null, resolvedNotifiedAt: null };
      const episode = { alert: alert.id, labels, startedAt: startedAt!, resolvedAt, notification };
      const before = episodes.get(episodeKey(episode));
      // One that has ended and was told stays as it was.
      if (before === undefined && resolvedAt !== null) return [];
      return [{ ...(before ?? fresh), ...episode }];
    });
  }

  /** What still fires of rules that are no more has ended with them. */
  function withdrawn(alerts: readonly AlertDefinition[], now: number): Episode[] {
    const ids = new Set(alerts.map(({ id }) => id));
    return [...episodes.values()]
      .filter(({ alert, resolvedAt }) => resolvedAt === null && !ids.has(alert))
      .map((one) => ({
        ...one,
        resolvedAt: now,
        notification: { ...one.notification, endsAt: new Date(now).toISOString() },
      }));
  }

  async function tell(
    told: readonly Episode[],
    now: number,
    { labels }: Manner,
  ): Promise<readonly Episode[]> {
    if (told.length === 0) return told;
    try {
      await receiver.send(
        told.map(({ notification }) => inTheirLabels(notification, labels)),
        now,
      );
    } catch (error) {
      onLog(`${told.length} alerts were not taken, and are said again: ${(error as Error).message}`);
      return [];
    }
    return told.map((one) => ({
      ...one,
      notifiedAt: one.notifiedAt ?? now,
      resolvedNotifiedAt: one.resolvedAt === null ? null : (one.resolvedNotifiedAt ?? now),
    }));
  }

  return {
    async recall() {
      known = new Map(await loadInstances(store));
      episodes = new Map((await loadEpisodes(store)).map((one) => [episodeKey(one), one]));
      evaluatedAt.clear();
    },
    async evaluate(alerts, now, isOurs, manner = PLAIN) {
      const due = alerts.filter((alert) => isDue(alert, now));
      const results: { alert: AlertDefinition; after: readonly Instance[] }[] = [];
      const changed = new Map<string, Episode>();
      for (const alert of due) {
        const seen = await observe(store, alert, now);
        if ('error' in seen) onLog(`${alert.id}: ${seen.error}`);
        const after = evaluateRule(alert, known.get(alert.id) ?? [], seen, now);
        results.push({ alert, after });
        for (const one of follow(alert, after, now, manner)) changed.set(episodeKey(one), one);
        if (!(await isOurs())) return 0;
      }
      for (const one of withdrawn(alerts, now)) changed.set(episodeKey(one), one);
      const all = new Map([...episodes, ...changed]);
      const isMuted = ({ notification }: Episode): boolean =>
        receiver.kind !== 'alertmanager' && manner.isMuted(notification.labels, now);
      const toTell = [...all].filter(
        ([key, one]) => (isUntold(one) || (receiver.repeats && changed.has(key))) && !isMuted(one),
      );
      for (const one of await tell(
        toTell.map(([, one]) => one),
        now,
        manner,
      ))
        changed.set(episodeKey(one), one);
      await saveEpisodes(store, receiver.kind, [...changed.values()], now);
      for (const id of [...known.keys()].filter((id) => !alerts.some((alert) => alert.id === id))) {
        await saveInstances(store, id, known.get(id)!, [], now);
        known.delete(id);
      }
      for (const { alert, after } of results) {
        await saveInstances(store, alert.id, known.get(alert.id) ?? [], after, now);
        known.set(alert.id, after);
        evaluatedAt.set(alert.id, now);
      }
      for (const [key, one] of changed) episodes.set(key, one);
      for (const [key, one] of episodes) if (isOver(one, known)) episodes.delete(key);
      return due.length;
    },
  };
}

const episodeKey = ({ alert, labels, startedAt }: Pick<Episode, 'alert' | 'labels' | 'startedAt'>): string =>
  `${alert} ${instanceKey(labels)} ${startedAt}`;

const isUntold = ({ notifiedAt, resolvedAt, resolvedNotifiedAt }: Episode): boolean =>
  notifiedAt === null || (resolvedAt !== null && resolvedNotifiedAt === null);

/** Ended, told, and no longer said again. */
function isOver(episode: Episode, known: Instances): boolean {
  if (episode.resolvedAt === null || isUntold(episode)) return false;
  const key = episodeKey(episode);
  return !(known.get(episode.alert) ?? []).some(
    ({ labels, firedAt }) =>
      firedAt !== null && episodeKey({ alert: episode.alert, labels, startedAt: firedAt }) === key,
  );
}

/** Rules that take longer are an error, as Grafana has it, s. */
const LONGEST_S = 30;
const RANGE_MS = 3_600_000;

/** What a rule answers as of `now`. */
export async function observe(
  store: Pick<Store, 'text'>,
  { sql }: AlertDefinition,
  now: number,
): Promise<Observation> {
  try {
    const asked = expandBackendMacros(sql, { from: now - RANGE_MS, to: now, intervalMs: 60_000 });
    const answer = await store.text(`${asked}\nSETTINGS max_execution_time = ${LONGEST_S}`, 'JSONCompact');
    return readFrame(JSON.parse(answer) as Frame);
  } catch (error) {
    return { error: (error as Error).message.trim() };
  }
}
