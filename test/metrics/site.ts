import { countRound, readTotals } from '@agentops/cli/metrics';
import {
  createMaintainer,
  migrate,
  publishRegistry,
  readVerdicts,
  type Store,
  verdictRequest,
} from '@agentops/processor';
import type { RegistryDocument } from '@agentops/registry';
import { companyWith } from '../alerts/registries.ts';
import { type Body, type Engine, EXACT, records, run, SCHEMA } from '../tools/chain.ts';
import { memorySource } from '../tools/memory-source.ts';
import { span, traceRequest } from '../tools/otlp.ts';

export const AGENT = 'it-helpdesk';
const SECOND = 1_000;

/** A counter’s four amounts. */
export interface Amounts {
  readonly first: number;
  readonly late: number;
  readonly added: number;
  readonly removed: number;
}

/** The real chain over a database of its own, with the sample company. */
export interface Site {
  readonly store: Store;
  readonly registry: RegistryDocument;
  /** What comes in, through the chain and into the rollups. */
  feed(...bodies: readonly Body[]): Promise<void>;
  /** One round of counting; a round that is broken off after so many statements. */
  count(statements?: number): Promise<void>;
  /** By `counter agent slo`. */
  totals(): Promise<ReadonlyMap<string, Amounts>>;
}

export async function openSite(engine: Engine): Promise<Site> {
  const store = await engine.database();
  const registry = companyWith();
  const schema = { ...SCHEMA, currency: registry.organisation.currency };
  await migrate(store, schema);
  await publishRegistry(store, registry, BigInt(Date.now() - 100 * 86_400_000) * 1_000_000n);
  let offset = 0;
  return {
    store,
    registry,
    async feed(...bodies) {
      const received = records(bodies).map((record) => ({
        ...record,
        offset: offset++,
        receivedAt: Date.now(),
      }));
      if (received.length > 0) await run(store, memorySource(received, { sizes: [100] }));
      await createMaintainer(store, schema, EXACT).round();
    },
    async count(statements = Number.POSITIVE_INFINITY) {
      let left = statements;
      const mortal: Store = {
        ...store,
        async command(sql) {
          if (left-- <= 0) throw new Error('killed');
          await store.command(sql);
        },
      };
      await countRound(mortal, registry).catch((error: Error) => {
        if (error.message !== 'killed') throw error;
      });
    },
    async totals() {
      const rows = await readTotals(store);
      return new Map(
        rows.map(({ counter, agent, slo, first, late, added, removed }) => [
          `${counter} ${agent} ${slo}`.trim(),
          { first: Number(first), late: Number(late), added: Number(added), removed: Number(removed) },
        ]),
      );
    },
  };
}

export interface Task {
  readonly id: string;
  /** When it ended, ms since the epoch. */
  readonly at: number;
  readonly outcome?: 'success' | 'failure';
  readonly agent?: string;
  /** Calls of the same tool with the same arguments. */
  readonly circles?: number;
  readonly tokens?: number;
}

/** Ids of a trace by the id of its task: what is sent again is the same. */
const hex = (text: string, length: number): string =>
  Buffer.from(text.padEnd(length / 2, '.'))
    .toString('hex')
    .slice(0, length);

export function task({ id, at, outcome, agent = AGENT, circles = 0, tokens = 0 }: Task): Body {
  const traceId = hex(id, 32);
  const root = hex(id, 16);
  const child = (i: number, name: string, attributes: Record<string, string | number>) =>
    span({
      traceId,
      spanId: hex(`${i}${id}`, 16),
      parent: root,
      name,
      start: at - (circles - i + 2) * SECOND,
      end: at - (circles - i + 1) * SECOND,
      attributes,
    });
  const calls = Array.from({ length: circles }, (_, i) =>
    child(i, 'execute_tool search_knowledge', {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'search_knowledge',
      'gen_ai.tool.call.arguments': '{"id":"41"}',
      'gen_ai.tool.call.result': '{"found":0}',
    }),
  );
  const model =
    tokens === 0
      ? []
      : [
          child(circles, 'chat gpt-4.1-mini', {
            'gen_ai.operation.name': 'chat',
            'gen_ai.provider.name': 'openai',
            'gen_ai.request.model': 'gpt-4.1-mini-2025-04-14',
            'gen_ai.response.model': 'gpt-4.1-mini-2025-04-14',
            'gen_ai.response.id': `resp-${id}`,
            'gen_ai.usage.input_tokens': tokens,
            'gen_ai.usage.output_tokens': 10,
          }),
        ];
  const invoke = span({
    traceId,
    spanId: root,
    name: `invoke_agent ${agent}`,
    start: at - (circles + 5) * SECOND,
    end: at,
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': agent,
      'agentops.task.id': id,
      ...(outcome !== undefined && { 'agentops.task.outcome': outcome }),
    },
  });
  return traceRequest({ 'service.name': agent, 'deployment.environment.name': 'production' }, [
    ...calls,
    ...model,
    invoke,
  ]);
}

/** A person’s verdict on a task. */
export function verdict(id: string, outcome: 'success' | 'failure', at: number): Body {
  const csv = `task_id,outcome,source,by,at\n${id},${outcome},human,mei,${new Date(at).toISOString()}\n`;
  const { verdicts } = readVerdicts(csv, 'csv', BigInt(Date.now()) * 1_000_000n);
  return JSON.parse(verdictRequest(verdicts)) as object;
}
