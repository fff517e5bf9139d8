import { readFileSync } from 'node:fs';
import { usageError } from '../../output/fail.ts';

export const SENDERS = ['grafana', 'alertmanager', 'pagerduty', 'generic'] as const;
export type Sender = (typeof SENDERS)[number];

/** Of each sender the secrets that are valid now; none: nobody may send. */
export type Secrets = Readonly<Record<Sender, readonly string[]>>;

/** Where the secrets of a sender stand; with `_FILE` after it, the name of a file that holds them. */
export const SECRET_NAMES: Readonly<Record<Sender, string>> = {
  grafana: 'AGENTOPS_GRAFANA_WEBHOOK_SECRET',
  alertmanager: 'AGENTOPS_ALERTMANAGER_WEBHOOK_TOKEN',
  pagerduty: 'AGENTOPS_PAGERDUTY_WEBHOOK_SECRET',
  generic: 'AGENTOPS_GENERIC_WEBHOOK_SECRET',
};

/** Shorter ones can be guessed. */
const SHORTEST = 16;

/** Secrets of the environment: several of one sender, separated by blanks or commas, while one is being replaced. */
export function readSecrets(environment: Readonly<Record<string, string | undefined>>): Secrets {
  const read = (sender: Sender): readonly string[] => {
    const name = SECRET_NAMES[sender];
    const file = environment[`${name}_FILE`];
    const secrets = (file ? readFileSync(file, 'utf8') : (environment[name] ?? ''))
      .split(/[\s,]+/)
      .filter((secret) => secret !== '');
    if (secrets.some((secret) => secret.length < SHORTEST))
      throw usageError(`${name}: a secret has at least ${SHORTEST} characters`);
    return secrets;
  };
  return {
    grafana: read('grafana'),
    alertmanager: read('alertmanager'),
    pagerduty: read('pagerduty'),
    generic: read('generic'),
  };
}
