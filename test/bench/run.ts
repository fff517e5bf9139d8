import { cpus, totalmem } from 'node:os';
import { benchChain, benchEmbedded, type Figure } from './chain.ts';
import { benchCost } from './cost.ts';
import { benchWal } from './wal.ts';

/** `npm run bench`: every figure of one run, with the hardware beside it and its ratio to the goal. */
const spans = Number(process.env['BENCH_SPANS'] ?? 100_000);
const [cpu] = cpus();
console.log(
  `${cpu?.model ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}\n`,
);

const print = ({ name, perSecond, target }: Figure): void => {
  const goal =
    target === undefined
      ? ''
      : `  ${(perSecond / target).toFixed(2)} × the goal of ${target.toLocaleString('en-US')}`;
  console.log(`${name.padEnd(40)} ${perSecond.toLocaleString('en-US').padStart(10)} spans/s${goal}`);
};

benchChain(spans, false).forEach(print);
benchChain(Math.round(spans / 5), true).forEach(print);
(await benchEmbedded(spans * 2)).forEach(print);
for (const { name, perSecond } of benchCost()) {
  console.log(`${name.padEnd(40)} ${perSecond.toLocaleString('en-US').padStart(10)} calls/s`);
}
console.log('\nwrite-ahead log');
await benchWal();
