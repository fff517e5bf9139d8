import { expect, test } from 'vitest';
import { createChain } from '../chain/chain.ts';
import { createKnownTraces } from '../chain/known-traces.ts';
import { readChunk } from '../chain/read.ts';
import type { Step } from '../model.ts';
import { createTimeline } from '../registry/facts.ts';
import { readStep } from '../steps/whole.ts';

const RECEIVED_AT = 1_795_100_000_000;
const AT = `${RECEIVED_AT}000000`;

/** The step that becomes of one span of this name, scope and string attributes. */
function normalize(name: string, scope: string, attributes: Readonly<Record<string, string>>): Step {
  const span = {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    name,
    startTimeUnixNano: AT,
    endTimeUnixNano: AT,
    attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })),
  };
  const body = Buffer.from(
    JSON.stringify({ resourceSpans: [{ scopeSpans: [{ scope: { name: scope }, spans: [span] }] }] }),
  );
  const { reader } = createChain({ timeline: createTimeline(), known: createKnownTraces() });
  const { steps } = readChunk(
    {
      source: 'test',
      records: [{ offset: 0, signal: 'spans', encoding: 'json', body, receivedAt: RECEIVED_AT, counted: 1 }],
      next: 1,
    },
    reader,
  );
  const { page, from } = steps[0]!;
  return readStep(page, from);
}

const observation = (type: string): Step =>
  normalize('lookup', 'langfuse-sdk', { 'langfuse.observation.type': type });

test('a span lends its name to an agent only where it is the agent', () => {
  expect(observation('agent').claims.agentName).toBe('lookup');
  expect(observation('tool')).toMatchObject({ kind: 'tool', claims: { agentName: '' } });
  expect(observation('generation')).toMatchObject({ kind: 'llm', claims: { agentName: '' } });
});

test('an attribute names the agent on any span', () => {
  const attributes = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.agent.name': 'refunds' };
  expect(normalize('execute_tool lookup', 'any', attributes).claims.agentName).toBe('refunds');
});

test('a tool hands over only if its name says so', () => {
  const tool = (name: string): Step =>
    normalize(`execute_tool ${name}`, 'any', {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': name,
    });
  expect(tool('lookup_booking').handoff).toBeNull();
  expect(tool('transfer_to_billing').handoff).toMatchObject({ to: 'billing', human: false });
  expect(tool('transfer_to_human').handoff).toMatchObject({ to: 'human', human: true });
});

test('a name of a million characters is cut; ids that begin alike stay apart', () => {
  const long = 'x'.repeat(1_000_000);
  const of = (task: string): Step =>
    normalize('invoke_agent', 'any', {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': long,
      'agentops.task.id': task,
    });
  const [one, other] = [of(`${long}1`), of(`${long}2`)];
  expect(one.claims.agentName).toHaveLength(1024);
  expect(one.claims.taskId.length).toBeLessThan(1100);
  expect(one.claims.taskId).not.toBe(other.claims.taskId);
});
