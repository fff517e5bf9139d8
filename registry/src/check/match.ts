import { type Diagnostic, error, type Finding } from '../diagnostic.ts';
import { globsOverlap } from '../glob.ts';
import type { Sourced } from '../load.ts';
import { place } from '../parse.ts';
import type { Agent } from '../schema/agent.ts';

type Rule = Agent['match'][number];

/** Two agents that claim the same telemetry: whose it is would be chance. Retired agents still claim theirs. */
export function checkOverlaps(agents: readonly Sourced<Agent>[]): Diagnostic[] {
  const out: Diagnostic[] = [];
  agents.forEach((first, i) => {
    for (const second of agents.slice(i + 1)) {
      // One id in two files is said already; a copy claims what its original claims.
      if (first.value.id === second.value.id) continue;
      for (const [index, theirs] of second.value.match.entries()) {
        const ours = first.value.match.findIndex((rule) => overlap(rule, theirs));
        if (ours === -1) continue;
        const { file } = first.source;
        const { line } = first.source.at(['match', ours]);
        out.push(
          place(
            error(
              'overlapping-match',
              ['match', index],
              `this rule and one of ${first.value.id} (${file}:${line}) match the same telemetry`,
              'name the agent as well as the service, so that each span has one owner',
            ),
            second.source,
          ),
        );
      }
    }
  });
  return out;
}

function overlap(a: Rule, b: Rule): boolean {
  return (['service', 'agent', 'namespace'] as const).every((key) =>
    globsOverlap(a[key] ?? '*', b[key] ?? '*'),
  );
}

/** A tool declared twice has two effects, two risks, two prices. */
export function* checkTools({ tools }: Agent): Generator<Finding> {
  const seen = new Set<string>();
  for (const [index, { name }] of tools.entries()) {
    if (seen.has(name))
      yield error('duplicate', ['tools', index], `${name} is declared twice`, 'keep one of them');
    seen.add(name);
  }
}
