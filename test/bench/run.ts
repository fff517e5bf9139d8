import { cpus, totalmem } from 'node:os';
import { benchBeside } from './beside.ts';
import { benchChain, benchEmbedded, printFigure } from './chain.ts';
import { measure } from './child.ts';
import { benchCost } from './cost.ts';
import type { Freshness } from './freshness.ts';
import type { HelperCost } from './helper.ts';
import { benchLoopMemory, benchLoops } from './loops.ts';
import type { OpenRuns } from './open-runs.ts';
import { benchWal } from './wal.ts';

/**
 * `npm run bench`: every figure of one run, with the hardware beside it and its ratio to the goal. `BENCH_LONG=1` takes
 * four times as long for freshness.
 */
const spans = Number(process.env['BENCH_SPANS'] ?? 100_000);
const [cpu] = cpus();
console.log(
  `${cpu?.model ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}\n`,
);

benchChain(spans, false).forEach(printFigure);
benchChain(Math.round(spans / 5), true).forEach(printFigure);
(await benchEmbedded(spans * 2)).forEach(printFigure);
for (const { name, perSecond } of benchCost()) {
  console.log(`${name.padEnd(40)} ${perSecond.toLocaleString('en-US').padStart(10)} calls/s`);
}
console.log('\nloop detection alone, goal 500 ns and 64 B a step');
for (const { name, nsPerStep } of benchLoops()) {
  console.log(`  ${name.padEnd(50)} ${nsPerStep.toFixed(0).padStart(6)} ns a step`);
}
const memory = benchLoopMemory();
console.log(
  `  held after a run of ${memory.steps.toLocaleString('en-US')} steps in circles ${memory.bytesPerStep.toFixed(2).padStart(13)} B a step`,
);
await benchWal();

console.log('\na span for a tool call, in the agent that makes it');
for (const [name, mode] of [
  ['without digests', 'none'],
  ['digests of 1 KB of arguments and 1 KB of result', 'digests'],
] as const) {
  const { bare, helper } = await measure<HelperCost>('helper.js', [mode]);
  const goal =
    mode === 'none'
      ? `${(helper / bare).toFixed(2)} × a bare span of the SDK, goal 1.5`
      : `${(helper / 15_000).toFixed(2)} × the goal of 15 µs`;
  console.log(`  ${name.padEnd(50)} ${(helper / 1000).toFixed(1).padStart(6)} µs  ${goal}`);
}

console.log(
  '\nfreshness, from receipt to visible by SQL; OTLP/HTTP from another process into the embedded chain',
);
const fresh = await measure<Freshness>('freshness.js', [process.env['BENCH_LONG'] ? '60' : '15', '5000']);
const FRESH_MS = 2000;
console.log(
  `  ${fresh.spans.toLocaleString('en-US')} spans at ${fresh.perSecond.toLocaleString('en-US')}/s  p50 ${fresh.p50} ms  ` +
    `p99 ${fresh.p99} ms (${(fresh.p99 / FRESH_MS).toFixed(2)} × the bound of ${FRESH_MS})  most ${fresh.most} ms  ` +
    `${fresh.refused} refused  ${fresh.cores.toFixed(2)} cores busy  sender late by up to ${Math.round(fresh.senderLateMs)} ms`,
);

console.log('\nbeside a query that runs all the while, over the ClickHouse endpoint; bound 2 ×');
const { insert, question, longSeconds, endedMs } = await benchBeside();
for (const [name, [alone, beside]] of [
  ['200 spans, from request to stored', insert],
  ['a question over all steps', question],
] as const) {
  console.log(
    `  ${name.padEnd(40)} alone ${alone.toFixed(1).padStart(6)} ms  beside ${beside.toFixed(1).padStart(6)} ms  ${(beside / alone).toFixed(2)} ×`,
  );
}
console.log(
  `  the query ran ${longSeconds.toFixed(0)} s in all, and ended ${endedMs.toFixed(0)} ms after its client went`,
);

console.log('\n100,000 open runs of 2 spans, resident memory of the process in MiB');
const OPEN_MIB = 512;
for (const [name, what, goal] of [
  ['decode → rows, state in memory', 'chain', `bound ${OPEN_MIB}`],
  ['the whole of agentops up, ClickHouse in it', 'embedded', 'no bound of its own'],
] as const) {
  const { before, after, peak } = await measure<OpenRuns>('open-runs.js', [what]);
  console.log(`  ${name.padEnd(44)} without ${before}  with ${after}  peak ${peak}  ${goal}`);
}
