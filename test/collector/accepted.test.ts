import { expect, test } from 'vitest';
import { haveCollector, startCollector, validateConfig } from '../servers/collector.ts';
import { generated, THEIRS } from './configs.ts';
import { startSink } from './sink.ts';

const KEY = { AGENTOPS_DIGEST_KEY: '00112233445566778899aabbccddeeff', AGENTOPS_HEALTH: '127.0.0.1:0' };
const PORTS = { AGENTOPS_HTTP_PORT: '4318', AGENTOPS_METRICS_PORT: '8888', THEIRS: 'http://127.0.0.1:9' };
const env = { ...KEY, ...PORTS };
const GATE = 'confmap.enableMergeAppendOption';
const BUILD_MS = 600_000;

test.runIf(haveCollector()).each(['kafka', 'agentops'])(
  'the real Collector takes what is generated: %s',
  async (to) => {
    const [bundle, queue, whole] = ['bundle', 'disk-queue', 'collector'].map((name) =>
      generated(`${to}/${name}.yaml`),
    ) as [string, string, string];
    const files = {
      AGENTOPS_TOKEN_FILE: generated('listen.yaml'),
      AGENTOPS_CERT_FILE: '/cert',
      AGENTOPS_KEY_FILE: '/key',
    };
    expect(await validateConfig({ configs: [whole], env })).toBe('');
    expect(
      await validateConfig({
        configs: [whole, generated('listen.yaml'), generated('tls.yaml')],
        env: { ...env, ...files },
      }),
    ).toBe('');
    expect(await validateConfig({ configs: [THEIRS, bundle], env })).toBe('');
    expect(await validateConfig({ configs: [THEIRS, bundle, queue], env, gates: GATE })).toBe('');
  },
  BUILD_MS,
);

test.runIf(haveCollector())('what would be unsafe does not start, and says why', async () => {
  const bundle = generated('kafka/bundle.yaml');
  const unkeyed = { ...PORTS, AGENTOPS_HEALTH: '127.0.0.1:0' };
  expect(await validateConfig({ configs: [THEIRS, bundle], env: unkeyed })).toContain(
    'AGENTOPS_DIGEST_KEY is not set',
  );
  expect(
    await validateConfig({ configs: [THEIRS, bundle], env: { ...unkeyed, AGENTOPS_DIGEST_KEY: '' } }),
  ).toContain('AGENTOPS_DIGEST_KEY is not set');
  // Without the gate, the list of extensions would be replaced.
  expect(
    await validateConfig({ configs: [THEIRS, bundle, generated('kafka/disk-queue.yaml')], env }),
  ).toContain('must have at least one exporter');
});

test.runIf(haveCollector())('extensions of theirs stay beside the queue on disk', async () => {
  const sink = await startSink();
  const collector = await startCollector({
    configs: [THEIRS, generated('kafka/bundle.yaml'), generated('kafka/disk-queue.yaml')],
    gates: GATE,
    env: { THEIRS: sink.url },
  });
  try {
    const health = async (): Promise<unknown> => (await fetch(collector.healthUrl)).json();
    // It answers before all pipelines have begun.
    await expect.poll(health, { timeout: 10_000 }).toMatchObject({ status: 'Server available' });
  } finally {
    await collector.stop();
    await sink.close();
  }
});
