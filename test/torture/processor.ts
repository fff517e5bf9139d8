import { openServer, startProcessor } from '@agentops/processor';
import { childOptions, tell } from './child.ts';
import { type Sabotage, sabotaged, startSabotaged, withLateCopies } from './sabotage.ts';

/** A processor that the group takes for dead after three seconds of silence, and that makes many small chunks. */
export interface ProcessorChildOptions {
  readonly broker: string;
  readonly url: string;
  readonly secret: string;
  readonly sabotage: Sabotage | null;
}

export const SESSION_MS = 3_000;
const LIMITS = { flushMs: 150, flushBytes: 1 << 20 };

const { broker, url, secret, sabotage } = childOptions<ProcessorChildOptions>();
const store = withLateCopies(sabotaged(openServer(url), sabotage));
const onLog = (message: string): void => void process.stderr.write(`${message}\n`);
const options = {
  kafka: {
    client: { clientId: 'torture', brokers: [broker] },
    groupId: 'torture',
    topics: { spans: 'otlp_spans', logs: 'otlp_logs' },
    deadLetterTopic: null,
  },
  store,
  secret: Buffer.from(secret, 'hex'),
  limits: LIMITS,
  sessionTimeoutMs: SESSION_MS,
  onLog,
};
const processor = await (sabotage === 'state is kept' || sabotage === 'nothing is claimed'
  ? startSabotaged(options, sabotage)
  : startProcessor(options));
tell('ready', null);
process.on('SIGTERM', async () => {
  await processor.stop();
  process.exit(0);
});
const failure = await processor.failed;
onLog(failure.message);
process.exit(1);
