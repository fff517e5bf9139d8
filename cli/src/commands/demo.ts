import { fileURLToPath } from 'node:url';
import { count } from '../output/numbers.ts';
import { bold, dim } from '../output/style.ts';
import { printReport } from './report.ts';
import { announce, start, untilStopped } from './up.ts';

const COMPANY = fileURLToPath(new URL('../../../registry/company', import.meta.url));
const DAY_MS = 86_400_000;

/** The whole product on a sample company: its registry, a simulated fleet through the real SDK, the report. */
export async function demo(options: {
  data: string;
  otlpPort: number;
  pagePort: number;
  days: number;
  once?: boolean;
}): Promise<void> {
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  say(
    `${bold('agentops demo')}  a sample company, ${options.days} days of its agents ${dim('(simulated, through the OpenTelemetry SDK)')}`,
  );
  const running = await start({
    ...options,
    // With --once nothing is left open: any free port will do.
    otlpPort: options.once ? 0 : options.otlpPort,
    pagePort: options.once ? 0 : options.pagePort,
    registry: COMPANY,
  });
  const { simulate } = await import('../simulate/index.ts');
  const to = new Date();
  const from = new Date(Math.floor(to.getTime() / DAY_MS - options.days) * DAY_MS);
  const fleet = await simulate({
    seed: 1,
    from,
    to,
    endpoint: running.otlpUrl,
    onDay: (day, spans) => say(dim(`  ${day.toISOString().slice(0, 10)}  ${count(spans)} spans sent`)),
  });
  await running.embedded.drained();
  say(dim(`  ${count(fleet.spans)} spans received, normalized, attributed, priced and stored\n`));
  await printReport(running.embedded.reader, { since: 'all' });
  if (options.once) {
    await running.stop();
    process.exit(0);
  }
  announce(running, options.data);
  await untilStopped(running);
}
