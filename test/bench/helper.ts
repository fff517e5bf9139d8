/**
 * What a tool call's span costs the agent that makes it: bare by the SDK, and by the helper, with or without digests, in
 * one process through one provider. Exporting is not timed: it waits until a batch has been made.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beginToolCall } from '@agentops/instrumentation';
import { startAgentOps } from '@agentops/instrumentation/start';
import { trace } from '@opentelemetry/api';

export interface HelperCost {
  /** Nanoseconds a span, the least of several rounds. */
  readonly bare: number;
  readonly helper: number;
}

const BATCH = 1000;
const ROUNDS = 60;
const ARGUMENTS = {
  claim: 'EXP-2026-00417',
  notes: 'the booking was found and its fare rules allow one '.repeat(20),
};
const RESULT = {
  status: 'ok',
  text: 'free change before departure at no extra charge '.repeat(20),
  items: [1, 2, 3],
};

function sink(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.end());
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function bareSpan(call: string): void {
  const span = trace.getTracer('bench').startSpan('execute_tool read_claim');
  span.setAttributes({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'read_claim',
    'gen_ai.tool.type': 'function',
    'gen_ai.tool.call.id': call,
  });
  span.end();
}

function helperSpan(call: string): void {
  const step = beginToolCall('read_claim', { callId: call, arguments: ARGUMENTS });
  step.result(RESULT);
  step.end();
}

async function measure(digestKey: string | null): Promise<HelperCost> {
  const server = await sink();
  const { port } = server.address() as AddressInfo;
  const telemetry = startAgentOps({
    service: 'bench',
    endpoint: `http://127.0.0.1:${port}`,
    digestKey,
  });
  const least = { bare: Number.POSITIVE_INFINITY, helper: Number.POSITIVE_INFINITY };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [what, make] of [
      ['bare', bareSpan],
      ['helper', helperSpan],
    ] as const) {
      const start = performance.now();
      for (let i = 0; i < BATCH; i++) make(`call_${round}_${i}`);
      least[what] = Math.min(least[what], ((performance.now() - start) / BATCH) * 1e6);
      await telemetry.flush();
    }
  }
  if (telemetry.stats().dropped > 0) throw new Error('spans were dropped: the figures would be too small');
  await telemetry.shutdown();
  server.close();
  return least;
}

process.send!(await measure(process.argv[2] === 'digests' ? 'bench key' : null));
