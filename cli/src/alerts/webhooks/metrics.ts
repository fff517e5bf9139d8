import type { Door } from './door.ts';

/** What became of webhooks, for Prometheus (text format 0.0.4). */
export function doorMetrics(counts: ReturnType<Door['counts']>): string {
  const name = 'agentops_alert_webhooks_total';
  const samples = Object.entries(counts).flatMap(([sender, results]) =>
    Object.entries(results).map(
      ([result, requests]) => `${name}{sender="${sender}",result="${result}"} ${requests}\n`,
    ),
  );
  return `# HELP ${name} Webhooks about alerts, by what became of them.\n# TYPE ${name} counter\n${samples.join('')}`;
}
