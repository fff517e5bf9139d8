/** The processor as `agentops process` starts it. */
import { openServer, startProcessor } from '@agentops/processor';
import { tellSamples } from './samples.ts';
import type { SubjectOptions } from './subject.ts';

const { broker, group: groupId, store } = JSON.parse(process.argv[2]!) as SubjectOptions;
const processor = await startProcessor({
  kafka: {
    client: { clientId: 'bench', brokers: [broker] },
    groupId,
    topics: { spans: 'otlp_spans', logs: 'otlp_logs' },
    deadLetterTopic: null,
  },
  store: openServer(store!),
  secret: Buffer.alloc(32, 1),
  onLog: (message) => {
    if (!message.startsWith('assigned')) console.error(message);
  },
});
processor.failed.then((error) => {
  console.error(error.message);
  process.exit(1);
});
tellSamples(() => processor.stats().received);
