import type { AgentHistory } from './types.ts';

/** A history as it was published. */
export interface DatedHistory extends AgentHistory {
  readonly agent: string;
  /** Nanoseconds since the epoch: runs that begin from here on are held against it. */
  readonly validFrom: bigint;
}

export interface AgentHistories {
  /** The newest history of the agent that was valid when a run began; null before the first. */
  at(agent: string, startedAt: bigint): AgentHistory | null;
  /** Takes up what was published since; runs that began before keep theirs. */
  replace(published: readonly DatedHistory[]): void;
}

export function createHistories(published: readonly DatedHistory[] = []): AgentHistories {
  /** Newest first. */
  const byAgent = new Map<string, DatedHistory[]>();
  const histories: AgentHistories = {
    at(agent, startedAt) {
      const list = byAgent.get(agent);
      if (list === undefined) return null;
      for (const history of list) if (history.validFrom <= startedAt) return history;
      return null;
    },
    replace(next) {
      byAgent.clear();
      for (const history of next) {
        const list = byAgent.get(history.agent);
        if (list === undefined) byAgent.set(history.agent, [history]);
        else list.push(history);
      }
      for (const list of byAgent.values()) list.sort((a, b) => (a.validFrom > b.validFrom ? -1 : 1));
    },
  };
  histories.replace(published);
  return histories;
}
