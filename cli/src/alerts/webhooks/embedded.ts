import { join } from 'node:path';
import type { Store } from '@agentops/processor';
import { keepAct, readAct } from '../acknowledge.ts';
import { createDoor, type Door, type DoorOptions, type EventKeeper } from './door.ts';
import { createKeeper } from './keeper.ts';

export interface Webhooks {
  readonly door: Door;
  /** What a person says by the command line: is there such an alert? Throws what is wrong with it. */
  act(said: unknown): Promise<boolean>;
  /** From now on events are kept, over the store of this process, with a session of their own. */
  open(dataDir: string): Promise<void>;
  close(): Promise<void>;
}

/** The door for webhooks of `up`: it is there before the store is, and refuses until then. */
export function createWebhooks(options: Omit<DoorOptions, 'keeper'>): Webhooks {
  let store: Store | null = null;
  let kept: EventKeeper | null = null;
  const opened = (): EventKeeper => {
    if (kept === null) throw new Error('the store is not open');
    return kept;
  };
  const keeper: EventKeeper = {
    labels: async (now) => opened().labels(now),
    keep: async (events, now) => opened().keep(events, now),
  };
  return {
    door: createDoor({ ...options, keeper }),
    async act(said) {
      if (store === null) throw new Error('the store is not open');
      return keepAct(store, readAct(said), options.now());
    },
    async open(dataDir) {
      const { openEmbedded } = await import('@agentops/processor');
      store = openEmbedded(join(dataDir, 'db'));
      kept = createKeeper(store);
    },
    async close() {
      const closing = store;
      store = null;
      kept = null;
      await closing?.close();
    },
  };
}
