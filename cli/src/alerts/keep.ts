import { setTimeout as sleep } from 'node:timers/promises';
import { alertsOf } from '@agentops/alerts';
import type { Store } from '@agentops/processor';
import { createClaim } from './claim.ts';
import { escalate } from './escalate.ts';
import { createEvaluator } from './evaluator.ts';
import type { Receiver } from './receiver.ts';
import { mannerOf, validRegistry } from './registry.ts';

export interface KeepOptions {
  readonly store: Store;
  readonly receiver: Receiver;
  /** Distinct among the evaluators of a store. */
  readonly holder: string;
  readonly grafanaUrl?: string;
  readonly pageUrl?: string;
  readonly signal: AbortSignal;
  readonly onLog: (message: string) => void;
}

/** Between two looks at which rules are due, and between two renewals of the claim, ms. */
const TICK_MS = 10_000;

/** Evaluates the rules of the registry that the store holds until `signal`; stands by while another one does. */
export async function keepAlerts(options: KeepOptions): Promise<void> {
  const { store, holder, signal, onLog } = options;
  const claim = createClaim(store, holder);
  const evaluator = createEvaluator(options);
  let evaluates = false;
  while (!signal.aborted) {
    try {
      const { isOurs, now } = await claim.hold();
      if (isOurs && !evaluates) {
        await evaluator.recall();
        onLog('evaluates the alert rules');
      }
      if (!isOurs && evaluates) onLog('stands by: another evaluator holds the claim');
      evaluates = isOurs;
      const registry = isOurs ? await validRegistry(store, now) : null;
      if (registry !== null) {
        let heldAt = performance.now();
        const isStillOurs = async (): Promise<boolean> => {
          if (performance.now() - heldAt < TICK_MS) return true;
          evaluates = (await claim.hold()).isOurs;
          heldAt = performance.now();
          return evaluates;
        };
        const evaluated = await evaluator.evaluate(alertsOf(registry), now, isStillOurs, mannerOf(registry));
        if (evaluated > 0) await escalate(options, registry, now, isStillOurs);
      }
    } catch (error) {
      evaluates = false;
      onLog(`alert rules were not evaluated: ${(error as Error).message}`);
    }
    await sleep(TICK_MS, null, { signal }).catch(() => null);
  }
  await claim.release().catch((error: Error) => onLog(`the claim was not given up: ${error.message}`));
}
