import type { Attributes } from '../../tools/otlp.ts';
import type { Story, Trace } from '../story.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** Each tells something that is easily counted wrong, at `at`; `name` is unlike every other's. */
export type Cases = Readonly<Record<string, (story: Story, at: number, name: string) => void>>;

/** Names the task. */
export const task = (id: string, more: Attributes = {}): Attributes => ({ 'agentops.task.id': id, ...more });
/** A verdict. */
export const ended = (outcome: string, source = 'agent', more: Attributes = {}): Attributes => ({
  'agentops.task.outcome': outcome,
  'agentops.task.outcome.source': source,
  ...more,
});
/** Belongs to a conversation. */
export const talk = (id: string): Attributes => ({ 'gen_ai.conversation.id': id });
/** An amount of money, of a call that has an id or not. */
export const paid = (amount: number, call = ''): Attributes => ({
  'agentops.tool.amount': String(amount),
  'agentops.tool.currency': 'JPY',
  ...(call !== '' && { 'gen_ai.tool.call.id': call }),
});
/** Arguments and result of a call, as a helper tells them. */
export const digests = (of: string): Attributes => ({
  'agentops.tool.arguments.digest': `helper:chaskey-12:${of.padEnd(32, '0')}`,
  'agentops.tool.arguments.shape_digest': `helper:chaskey-12:${of.padEnd(32, '1')}`,
  'agentops.tool.result.digest': `helper:chaskey-12:${of.padEnd(32, '2')}`,
});

/** A request for approval. */
export function asks(
  trace: Trace,
  under: string | undefined,
  at: number,
  id: string,
  said: Attributes = {},
): void {
  const attributes: Attributes = {
    'agentops.kind': 'approval',
    'agentops.approval.event': 'requested',
    'agentops.approval.id': id,
    'agentops.approval.rule': 'threshold',
    'agentops.approval.channel': 'office',
    'agentops.approval.requested_by': 'kenji',
    'agentops.approval.sla_s': 14_400,
    'gen_ai.tool.name': 'pay',
    ...said,
  };
  trace.step('approval requested', at, at, attributes, under === undefined ? {} : { under });
}

/** What a person decided on it. */
export function decides(
  trace: Trace,
  under: string | undefined,
  at: number,
  id: string,
  said: Attributes = {},
): void {
  const attributes: Attributes = {
    'agentops.kind': 'approval',
    'agentops.approval.event': 'decided',
    'agentops.approval.id': id,
    'agentops.approval.decision': 'approved',
    'agentops.approval.reviewer': 'hana',
    ...said,
  };
  trace.step('approval decided', at, at, attributes, under === undefined ? {} : { under });
}

/** Equal calls with equal results, one after another. */
export function circles(trace: Trace, under: string, at: number, times: number, of: string): void {
  for (let i = 0; i < times; i++) {
    trace.tool('look', at + i * SECOND, at + i * SECOND + 900, digests(of), { under });
  }
}
