/** kafkajs, configured as our source configures it, with nobody behind it: records are taken and forgotten. */
import { FETCH, registerCodecs } from '@agentops/processor';
import kafkajs from 'kafkajs';
import { tellSamples } from './samples.ts';
import type { SubjectOptions } from './subject.ts';

const { broker, group, spansPerRecord } = JSON.parse(process.argv[2]!) as SubjectOptions;
await registerCodecs();
const kafka = new kafkajs.Kafka({ brokers: [broker], logLevel: kafkajs.logLevel.NOTHING });
const consumer = kafka.consumer({ groupId: group, ...FETCH });
let records = 0;
await consumer.connect();
await consumer.subscribe({ topics: ['otlp_spans'], fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachBatchAutoResolve: true,
  partitionsConsumedConcurrently: 4,
  eachBatch: async ({ batch }) => {
    records += batch.messages.length;
  },
});
tellSamples(() => records * spansPerRecord);
