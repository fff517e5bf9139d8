import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findControl } from '../control.ts';
import { requireDataFolder } from '../data-folder.ts';
import { count, duration } from '../output/numbers.ts';
import { bold, dim } from '../output/style.ts';
import { isFree } from '../ports.ts';
import { printReport } from './report.ts';
import { firstDay, sayDay } from './simulate.ts';
import { announce, start, untilStopped } from './up.ts';

export interface DemoOptions {
  readonly data: string;
  readonly otlpPort: number;
  readonly pagePort: number;
  readonly clickhousePort: number;
  readonly days: number;
  readonly seed: number;
  readonly once?: boolean;
}

const COMPANY = fileURLToPath(new URL('../../../registry/company', import.meta.url));

/** The whole product on a sample company: its registry, a simulated fleet through the real SDK, the report. */
export async function demo(options: DemoOptions): Promise<void> {
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  await makeAnew(options.data);
  say(`${bold('agentops demo')}  a sample company and ${options.days} days of its agents`);
  const running = await start({
    data: options.data,
    registry: COMPANY,
    // With --once nothing stays open; otherwise a Collector may have the usual port already.
    otlpPort: options.once ? 0 : await freeOf(options.otlpPort),
    pagePort: options.once ? 0 : await freeOf(options.pagePort),
    clickhousePort: options.once ? 0 : await freeOf(options.clickhousePort),
    alerts: !options.once,
  });
  say(
    dim(
      `  registry ${COMPANY}\n  the fleet is simulated, and sent through the OpenTelemetry SDK to ${running.otlpUrl}`,
    ),
  );
  const begun = performance.now();
  const { simulate } = await import('../simulate/index.ts');
  const to = new Date();
  const fleet = await simulate({
    seed: options.seed,
    from: firstDay(to, options.days),
    to,
    endpoint: running.otlpUrl,
    onDay: sayDay,
  });
  await running.embedded.drained();
  // Dashboards and rules ask the rollups.
  await running.embedded.counted();
  say(
    dim(
      `  ${count(fleet.spans)} spans made, sent, priced and stored in ${duration(performance.now() - begun)}\n`,
    ),
  );
  await printReport(running.embedded.reader, { seconds: null, agent: null });
  if (options.once) {
    await running.stop();
    process.exit(0);
  }
  announce(running, options.data);
  say(`${bold('look')}  ${running.pageUrl}/d/agentops-fleet\n`);
  await untilStopped(running);
}

const MARK = 'this-is-a-demo';

/** A demo begins with an empty store: an earlier demo is removed, anything else is left alone. */
async function makeAnew(data: string): Promise<void> {
  const dataDir = requireDataFolder(data, true);
  const other = await findControl(dataDir);
  if (other !== null) {
    throw new Error(`a demo is running already: http://127.0.0.1:${other.pagePort} (process ${other.pid})`);
  }
  if (existsSync(join(dataDir, MARK))) rmSync(dataDir, { recursive: true });
  else if (existsSync(join(dataDir, 'db'))) {
    throw new Error(`${data} holds a store that is no demo: choose another --data`);
  }
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(join(dataDir, MARK), 'The next "agentops demo" on this folder removes it.\n');
}

async function freeOf(port: number): Promise<number> {
  return (await isFree(port, '127.0.0.1')) ? port : 0;
}
