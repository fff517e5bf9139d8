import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createChain, createKnownTraces, createTimeline, readChunk, scanRequest } from '@agentops/processor';
import { corpus } from '../bench/corpus.ts';
import { damage } from '../tools/damage.ts';
import { type Chance, chance } from '../tools/otlp.ts';
import { logBody } from '../tools/spans.ts';

export interface FuzzResult {
  /** Damaged requests that were tried. */
  readonly tried: number;
  /** Of them, those that the door refuses as a whole. */
  readonly refused: number;
  /** Items of the others: spans and log records. */
  readonly items: number;
  readonly deadLetters: number;
  /** Requests whose items do not add up, or that threw: how to make each again, and what happened. */
  readonly failures: readonly string[];
}

/** Later than every recording, within a day. */
const RECEIVED_AT = 1_795_430_000_000;
const RECORDINGS = join(
  dirname(createRequire(import.meta.url).resolve('@agentops/processor')),
  '../src/dialects/fixtures',
);
const MAX_FAILURES = 20;

interface Sound {
  readonly encoding: 'json' | 'protobuf';
  readonly body: Buffer;
}

/** Requests of every emitter that is recorded, and of the benchmark's corpus. */
function soundRequests(): Sound[] {
  const recorded = readdirSync(RECORDINGS)
    .filter((name) => name.endsWith('.otlp.jsonl'))
    .flatMap((name) => readFileSync(join(RECORDINGS, name), 'utf8').trim().split('\n'))
    .filter((line) => line.length < 6000)
    .map((line): Sound => ({ encoding: 'json', body: Buffer.from(line) }));
  const made = [...corpus({ spans: 90, spansPerRequest: 3 })].map(
    (body): Sound => ({ encoding: 'protobuf', body: Buffer.from(body) }),
  );
  const log = logBody([
    {
      resource: { 'service.name': 'judge' },
      items: [
        {
          time: BigInt(RECEIVED_AT) * 1_000_000n,
          eventName: 'agentops.task.outcome',
          attributes: { 'agentops.task.id': 'task-1', 'agentops.task.outcome': 'success' },
        },
      ],
    },
  ]);
  return [...recorded, ...made, { encoding: 'protobuf', body: Buffer.from(log) }];
}

/** JSON that still parses, a value of it being another: what wrong emitters send. */
function damageValue(random: Chance, body: Buffer): Buffer {
  const request: unknown = JSON.parse(body.toString());
  const places: { readonly in: Record<string, unknown>; readonly key: string }[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const key of Object.keys(value)) {
      places.push({ in: value as Record<string, unknown>, key });
      walk((value as Record<string, unknown>)[key]);
    }
  };
  walk(request);
  for (let wounds = 1 + random.int(3); wounds > 0; wounds--) {
    const place = places[random.int(places.length)]!;
    const choice = random.int(WRONG.length + 2);
    if (choice === WRONG.length) delete place.in[place.key];
    else if (choice > WRONG.length) place.in[place.key] = places[random.int(places.length)]!.in;
    else place.in[place.key] = WRONG[choice];
  }
  try {
    return Buffer.from(JSON.stringify(request));
  } catch {
    // A value that came to hold itself.
    return body;
  }
}

const WRONG: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  1e300,
  '',
  'not a number',
  '9'.repeat(40),
  '0'.repeat(32),
  'g'.repeat(32),
  [],
  {},
  [[[]]],
  { stringValue: 'x', intValue: '1' },
  { arrayValue: { values: [{ kvlistValue: {} }, {}] } },
];

/**
 * Damages sound requests and sends each through scanner, decoder, dialects and fold. None may throw, and the items that
 * the door's scanner counts must all be stored, duplicates, dead letters or declared drops. `seed` repeats a search.
 */
export function fuzzPayloads(runs: number, seed: number): FuzzResult {
  const random = chance(seed);
  const sound = soundRequests();
  const json = sound.filter(({ encoding }) => encoding === 'json');
  const protobuf = sound.filter(({ encoding }) => encoding === 'protobuf');
  const chain = createChain({
    timeline: createTimeline(),
    known: createKnownTraces(),
    secret: Buffer.alloc(32, 1),
    limits: { maxItems: 2000, maxHeld: 2000 },
  });
  const result = { tried: 0, refused: 0, items: 0, deadLetters: 0, failures: [] as string[] };
  for (let offset = 0; offset < runs && result.failures.length < MAX_FAILURES; offset++) {
    const list = random.next() < 0.8 ? protobuf : json;
    const { encoding, body } = list[random.int(list.length)]!;
    const damaged =
      encoding === 'json' && random.next() < 0.8 ? damageValue(random, body) : damage(random, body);
    result.tried++;
    try {
      const { signal, items, fault } = scanRequest(null, encoding, damaged);
      if (fault !== '' || (signal !== 'spans' && signal !== 'logs')) {
        result.refused++;
        continue;
      }
      const record = { offset, signal, encoding, body: damaged, receivedAt: RECEIVED_AT, counted: items };
      const arrivals = readChunk({ source: 'fuzz', records: [record], next: offset + 1 }, chain.reader);
      chain.folder.fold(arrivals);
      for (const { received, stored, duplicates, deadLetters, dropped } of arrivals.tallies) {
        result.items += received;
        result.deadLetters += deadLetters;
        const balance = received - stored - duplicates - deadLetters - dropped;
        if (balance !== 0) throw new Error(`${balance} of ${received} items are lost`);
      }
    } catch (error) {
      result.failures.push(`seed ${seed}, request ${offset} (${encoding}): ${(error as Error).stack}`);
    }
  }
  return result;
}
