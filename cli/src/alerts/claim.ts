import type { Store } from '@agentops/processor';

/** The right to do something, of one among several that could. */
export interface Claim {
  /** Claims, or claims on. Is it ours? `now`: the store's clock, ms since the epoch. */
  hold(): Promise<{ readonly isOurs: boolean; readonly now: number }>;
  /** Gives it up, for whoever waits. */
  release(): Promise<void>;
}

/** A claim lapses when it is not renewed for this long, ms. */
const VALID_MS = 45_000;
/** A new claim counts after this, ms: by then every claim that began before it can be seen. */
const SETTLE_MS = 5_000;

/**
 * Claims in the store, by its clock. Of those that have not lapsed the one that began first holds, so that there is one
 * holder and the others stand in line. ClickHouse has no compare-and-set: a claim whose insert took longer than the time
 * after which claims count begins anew. Several replicas behind one address need a quorum, or one of them.
 */
export function createClaim(
  store: Store,
  holder: string,
  { validMs = VALID_MS, settleMs = SETTLE_MS, table = 'alert_claims' } = {},
): Claim {
  const { database } = store;
  let claimedAt: number | null = null;
  let validUntil = 0;

  const clock = async (): Promise<number> =>
    Number((await store.query<{ now: string }>('SELECT toUnixTimestamp64Milli(now64(3)) AS now'))[0]!.now);
  const say = (at: number, until: number, version: number): Promise<unknown> =>
    store.text(
      `INSERT INTO ${database}.${table}
       SELECT {holder:String}, fromUnixTimestamp64Milli({at:Int64}), fromUnixTimestamp64Milli({until:Int64}), {version:UInt64}`,
      'Null',
      { holder, at, until, version },
    );

  return {
    async hold() {
      const begun = await clock();
      const isNew = claimedAt === null || validUntil <= begun;
      const at = isNew ? begun : claimedAt!;
      await say(at, begun + validMs, begun);
      const [row] = await store.query<{ first: string; now: string }>(
        `SELECT argMin(holder, (claimed_at, holder)) AS first, toUnixTimestamp64Milli(now64(3)) AS now
         FROM ${database}.${table} FINAL WHERE valid_until > now64(3)`,
      );
      const now = Number(row!.now);
      const tookTooLong = now - begun > settleMs;
      claimedAt = isNew && tookTooLong ? null : at;
      validUntil = begun + validMs;
      const isOurs = claimedAt !== null && row!.first === holder && now - at >= settleMs && now < validUntil;
      return { isOurs, now };
    },
    async release() {
      const now = await clock();
      await say(claimedAt ?? now, now, now);
      claimedAt = null;
      validUntil = 0;
    },
  };
}
