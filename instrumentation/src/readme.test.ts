import { readFileSync } from 'node:fs';
import { ATTR } from '@agentops/registry/contract';
import { expect, test, vi } from 'vitest';
import { openReceiver } from './testing/otlp-receiver.ts';

test("the README's example is this file, and it runs", async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const example = readFileSync(new URL('./readme.example.ts', import.meta.url), 'utf8');
  expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``);

  const receiver = await openReceiver();
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.endpoint);
  await import('./readme.example.ts');

  expect(receiver.spans.map((span) => span.name)).toEqual([
    'chat gpt-4o',
    'approval requested',
    'approval approved',
    'execute_tool pay_claim',
    'invoke_agent expense-reimbursement',
    'task expense-claim',
  ]);
  for (const { attributes } of receiver.spans) {
    expect(attributes).toMatchObject({ [ATTR.taskId]: 'claim-4711', 'user.id': 'u-17' });
  }
  vi.unstubAllEnvs();
  await receiver.close();
});
