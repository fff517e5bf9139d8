/**
 * From receipt to visible by SQL: the whole embedded chain as `agentops up` starts it, real HTTP from a paced sender in
 * another process, and the store asked every 50 ms which requests it has. A request counts as visible when the answer
 * to the question is there, so every figure includes the wait for the next question and the question itself.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbedded } from '@agentops/processor';
import { messageOf, startScript } from './child.ts';
import type { SendOptions, Sent } from './sender.ts';

export interface Freshness {
  readonly spans: number;
  readonly perSecond: number;
  /** From receipt to the answer, ms. */
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
  readonly refused: number;
  /** Cores that the chain and the questions kept busy: near the machine's number, other work was in the way. */
  readonly cores: number;
  /** How far the sender was behind its schedule at most, ms. */
  readonly senderLateMs: number;
}

const SPANS_PER_REQUEST = 100;
const ASK_EVERY_MS = 50;

async function measureFreshness(seconds: number, perSecond: number): Promise<Freshness> {
  const dataDir = mkdtempSync(join(tmpdir(), 'agentops-bench-'));
  const chain = await startEmbedded({ dataDir, otlpPort: 0 });
  try {
    const options: SendOptions = {
      spans: seconds * perSecond,
      spansPerRequest: SPANS_PER_REQUEST,
      perSecond,
    };
    const begun = { at: performance.now(), cpu: process.cpuUsage() };
    const sender = startScript('sender.js', [String(chain.otlpPort), JSON.stringify(options)]);
    const requests = options.spans / SPANS_PER_REQUEST;
    let sent: Sent | null = null;
    const sending = messageOf<Sent>(sender).then((done) => {
      sent = done;
    });

    /** ms since the epoch at which each request was there. */
    const visibleAt: number[] = [];
    while (sent === null || visibleAt.length < requests - (sent as Sent).refused) {
      const asked = performance.now();
      // Offsets become visible in order: one insert after the other, each of the next ones.
      const [row] = await chain.reader.query<{ seen: string }>(
        'SELECT max(source_offset) + 1 AS seen FROM agentops.steps HAVING count() > 0',
      );
      const now = Date.now();
      while (visibleAt.length < Number(row?.seen ?? 0)) visibleAt.push(now);
      await sleep(Math.max(0, ASK_EVERY_MS - (performance.now() - asked)));
    }
    await sending;
    const { refused, latestMs } = sent as Sent;
    const { user, system } = process.cpuUsage(begun.cpu);
    const cores = (user + system) / 1000 / (performance.now() - begun.at);

    const receipts = await chain.reader.query<{ request: string; receipt: string; spans: string }>(
      `SELECT source_offset AS request, toUnixTimestamp64Milli(any(received_at)) AS receipt,
         uniqExact(trace_id, span_id) AS spans
       FROM agentops.steps GROUP BY request ORDER BY request`,
    );
    const stored = receipts.reduce((sum, { spans }) => sum + Number(spans), 0);
    if (stored !== (requests - refused) * SPANS_PER_REQUEST)
      throw new Error(`${stored} spans are stored of ${options.spans}`);
    const waits = receipts
      .map(({ request, receipt }) => visibleAt[Number(request)]! - Number(receipt))
      .sort((a, b) => a - b);
    const quantile = (share: number): number => waits[Math.ceil(waits.length * share) - 1]!;
    return {
      spans: options.spans,
      perSecond,
      p50: quantile(0.5),
      p99: quantile(0.99),
      most: quantile(1),
      refused,
      cores,
      senderLateMs: latestMs,
    };
  } finally {
    await chain.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const [seconds = '15', perSecond = '5000'] = process.argv.slice(2);
process.send!(await measureFreshness(Number(seconds), Number(perSecond)));
process.disconnect();
