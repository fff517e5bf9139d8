import { count } from '../output/numbers.ts';

const DAY_MS = 86_400_000;

export async function runSimulation(options: {
  endpoint: string;
  seed: number;
  days: number;
  scale: number;
  json?: boolean;
}): Promise<void> {
  const { simulate } = await import('../simulate/index.ts');
  const to = new Date();
  const fleet = await simulate({
    seed: options.seed,
    from: new Date(Math.floor(to.getTime() / DAY_MS - options.days) * DAY_MS),
    to,
    scale: options.scale,
    endpoint: options.endpoint,
  });
  if (options.json) process.stdout.write(`${JSON.stringify(fleet, null, 2)}\n`);
  else
    process.stdout.write(
      `sent ${count(fleet.spans)} spans of ${Object.keys(fleet.agents).length} agents to ${options.endpoint}\n`,
    );
}
