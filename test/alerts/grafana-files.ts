import { generateAlerts } from '@agentops/alerts';
import type { RegistryDocument } from '@agentops/registry';
import { parse } from 'yaml';
import type { z } from 'zod';
import { RULES_FILE } from './provisioning.ts';
import { CONTACT_POINTS_FILE, MUTE_TIMINGS_FILE, POLICIES_FILE, type Policy } from './routing-files.ts';

export const SCHEMAS = {
  rules: RULES_FILE,
  'contact-points': CONTACT_POINTS_FILE,
  'mute-timings': MUTE_TIMINGS_FILE,
  policies: POLICIES_FILE,
} as const;
export type Files = { [Name in keyof typeof SCHEMAS]?: unknown };
export type RulesFile = z.infer<typeof RULES_FILE>;
export type Rule = RulesFile['groups'][number]['rules'][number];

/** What Grafana's folder of alerting holds, read as YAML 1.1 as Grafana does. */
export function filesOf(registry: RegistryDocument): Files {
  return Object.fromEntries(
    generateAlerts(registry).flatMap(({ path, text }) => {
      const [, name] = /^alerts\/generated\/grafana\/([\w-]+)\.yaml$/.exec(path) ?? [];
      return name === undefined ? [] : [[name, parse(text, { version: '1.1' })]];
    }),
  );
}

/** Everything that Grafana would ignore, refuse or not find. */
export function problemsOf(
  files: Files,
  schemas: Readonly<Record<keyof Files, z.ZodType>> = SCHEMAS,
): string[] {
  const found: string[] = [];
  for (const [name, file] of Object.entries(files)) {
    const { error } = schemas[name as keyof Files].safeParse(file);
    found.push(
      ...(error?.issues ?? []).map((issue) => `${name} ${issue.path.join('.')}: ${JSON.stringify(issue)}`),
    );
  }
  const points = (files['contact-points'] as { contactPoints?: { name: string }[] })?.contactPoints ?? [];
  const times = (files['mute-timings'] as { muteTimes?: { name: string }[] })?.muteTimes ?? [];
  const [receivers, intervals] = [points, times].map((list) => new Set(list.map(({ name }) => name)));
  const settings = (files.rules as RulesFile).groups.flatMap(({ rules }) =>
    rules.flatMap((rule) => rule.notification_settings ?? []),
  );
  const tree = (files.policies as { policies: Policy[] } | undefined)?.policies ?? [];
  for (const { receiver, mute_time_intervals: muted = [] } of [...settings, ...tree.flatMap(branches)]) {
    if (receiver !== undefined && !receivers!.has(receiver)) found.push(`no contact point ${receiver}`);
    for (const name of muted) if (!intervals!.has(name)) found.push(`no mute timing ${name}`);
  }
  return found;
}

export const branches = (policy: Policy): Policy[] => [policy, ...(policy.routes ?? []).flatMap(branches)];
