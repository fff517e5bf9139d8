import { TOOL_EFFECTS, type ToolEffect } from '../contract/attributes.ts';
import { globMatcher } from '../glob.ts';
import type { Agent } from '../schema/agent.ts';
import { guessEffect } from './effect.ts';
import { inlineList, inlineMap, inlineText } from './inline.ts';
import { createMatcher, type Observation, telemetryName } from './observation.ts';

/** A first entry for an agent, made from what telemetry shows of it. */
export interface AdoptedEntry {
  readonly id: string;
  /** Path within the registry. */
  readonly file: string;
  readonly text: string;
  /** Names that the telemetry gives what the entry stands for. */
  readonly names: readonly string[];
}

export interface AdoptOptions {
  /** Entries that are there already; what they match is not adopted again. */
  readonly agents: readonly Agent[];
  /** Ids and file names that are taken, also by files that cannot be read. */
  readonly taken: ReadonlySet<string>;
  /** Only agents with these names; all when empty. */
  readonly only: readonly string[];
  /** Day of the adoption, e.g. 2026-04-01. */
  readonly today: string;
}

/**
 * First entries for all agents that begin work and match no entry. What only works for another agent belongs to that
 * one's entry. What telemetry cannot know is left empty, so that `registry check` names it; an effect that is only
 * guessed keeps its question mark, which no check lets pass.
 */
export function adoptAgents(observations: readonly Observation[], options: AdoptOptions): AdoptedEntry[] {
  const matching = createMatcher(options.agents);
  const unknown = observations.filter((observation) => matching(observation) === null);
  const beginners = beginnersOf(unknown);
  const names = [...new Set(beginners.map((observation) => telemetryName(observation.agent)))].sort();
  const taken = new Set(options.taken);
  const entries: AdoptedEntry[] = [];
  /** Whoever works for two belongs to the first. */
  const members = new Set<string>();
  for (const name of names) {
    if (options.only.length > 0 && !options.only.includes(name)) continue;
    const own = beginners.filter((observation) => telemetryName(observation.agent) === name);
    const delegates = delegatesOf(name, unknown, names).filter((delegate) => !members.has(delegate));
    for (const member of [name, ...delegates]) members.add(member);
    const rules = matchRules(own, delegates, observations, options.agents);
    if (rules.length === 0) continue;
    const group = new Set([name, ...delegates]);
    const services = new Set(own.map((observation) => observation.service));
    const seen = unknown.filter(
      (observation) => group.has(telemetryName(observation.agent)) && services.has(observation.service),
    );
    const id = freeId(name, taken);
    taken.add(id);
    entries.push({
      id,
      file: `agents/${id}.yaml`,
      text: render(id, name, rules, delegates, seen, options.today),
      names: [name, ...delegates],
    });
  }
  return entries;
}

/** Agents that begin work; and those that are only seen at work, in services where nobody begins any. */
function beginnersOf(unknown: readonly Observation[]): Observation[] {
  const beginners = unknown.filter(({ what }) => what === 'run');
  const homes = new Set(beginners.map((observation) => observation.service));
  const far = unknown.filter(
    ({ what, service }) => (what === 'tool' || what === 'model') && !homes.has(service),
  );
  return [...beginners, ...far];
}

type Rule = Agent['match'][number];

/** A service is enough where one agent alone begins its work; else names tell its agents from the others. */
function matchRules(
  own: readonly Observation[],
  delegates: readonly string[],
  observations: readonly Observation[],
  agents: readonly Agent[],
): Rule[] {
  const name = telemetryName(own[0]!.agent);
  const rules: Rule[] = [];
  for (const service of new Set(own.map((observation) => observation.service))) {
    if (service === '') {
      // Work of no service and no name can be told from nothing.
      if (name !== 'unknown') rules.push({ agent: name });
      continue;
    }
    const shared =
      observations.some(
        (other) => other.what === 'run' && other.service === service && telemetryName(other.agent) !== name,
      ) || agents.some(({ match }) => match.some((rule) => globMatcher(rule.service ?? '*')(service)));
    if (shared) rules.push(...[name, ...delegates].map((agent) => ({ service, agent })));
    else rules.push({ service });
  }
  return rules;
}

/** Agents that work for this one and begin nothing themselves. */
function delegatesOf(name: string, unknown: readonly Observation[], beginners: readonly string[]): string[] {
  const found = unknown
    .filter(({ what, agent }) => what === 'delegate' && telemetryName(agent) === name)
    .map((observation) => telemetryName(observation.name));
  return [...new Set(found)].filter((delegate) => !beginners.includes(delegate)).sort();
}

function render(
  id: string,
  name: string,
  rules: readonly Rule[],
  delegates: readonly string[],
  seen: readonly Observation[],
  today: string,
): string {
  const runs = seen.filter((observation) => observation.what === 'run');
  const count = runs.reduce((sum, run) => sum + run.count, 0);
  const from = day(Math.min(...seen.map((observation) => observation.first)));
  const to = day(Math.max(...seen.map((observation) => observation.last)));
  const departments = names(seen, 'department');
  const [department = ''] = departments;
  const version = latest(seen, 'version');
  const models = names(seen, 'model').sort();
  const lines = [
    `# Adopted on ${today} from ${count} runs, ${from} to ${to}. Empty keys and question marks are for people to`,
    '# answer: registry check lists them.',
    ...(delegates.length === 0
      ? []
      : [`# With the agents that work for it: ${delegates.map(oneLine).join(', ')}.`]),
    `id: ${id}`,
    `name: ${inlineText(title(name))}`,
    'purpose: # what the agent is for, in a sentence',
    'stage: pilot',
    `department:${departments.length === 1 && isId(department) ? ` ${inlineText(department)}` : ''} # whose agent it is${workFor(departments)}`,
    'owner: # team that owns it as a business matter',
    'operator: # team on call for it; nobody of the owner team',
    '',
    'match:',
    ...rules.map((rule) => `  - ${inlineMap(rule)}`),
    '',
    ...(models.length === 0 ? [] : ['models:', ...models.map((model) => `  - ${inlineText(model)}`)]),
    ...toolLines(seen),
    ...dataLines(seen),
    ...(version === '' ? [] : [`version: ${inlineText(version)}`]),
    `updated: ${today}`,
  ];
  return `${lines.join('\n')}\n`;
}

function workFor(departments: readonly string[]): string {
  return departments.length === 0 ? '' : `; it works for ${departments.map(oneLine).join(', ')}`;
}

function toolLines(seen: readonly Observation[]): string[] {
  const tools = names(seen, 'tool').sort();
  if (tools.length === 0) return [];
  return [
    'tools:',
    ...tools.map((name) => {
      const said = seen.find(
        ({ what, name: own, effect }) => what === 'tool' && own === name && effect !== '',
      );
      const guess = guessEffect(name);
      const effect = isEffect(said?.effect) ? said!.effect : guess === null ? '?' : `${guess}?`;
      return `  - ${inlineMap({ name, effect })}`;
    }),
  ];
}

function dataLines(seen: readonly Observation[]): string[] {
  const of = (read: boolean): string[] => [
    ...new Set(
      seen
        .filter(({ what, effect }) => what === 'data' && (effect === 'read') === read)
        .map((data) => data.name),
    ),
  ];
  const [reads, writes] = [of(true).sort(), of(false).sort()];
  if (reads.length + writes.length === 0) return [];
  const line = (key: string, list: string[]): string[] =>
    list.length === 0 ? [] : [`  ${key}: ${inlineList(list)}`];
  return ['data:', ...line('read', reads), ...line('write', writes)];
}

function isEffect(effect: string | undefined): boolean {
  return (TOOL_EFFECTS as readonly string[]).includes(effect as ToolEffect);
}

/** Distinct names, the most frequent first. */
function names(seen: readonly Observation[], what: Observation['what']): string[] {
  const counts = new Map<string, number>();
  for (const observation of seen) {
    if (observation.what === what && observation.name !== '')
      counts.set(observation.name, (counts.get(observation.name) ?? 0) + observation.count);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
}

function latest(seen: readonly Observation[], what: Observation['what']): string {
  const found = seen.filter((observation) => observation.what === what);
  return found.sort((a, b) => b.last - a.last)[0]?.name ?? '';
}

/** For comments: names are written by strangers, and none begins a line of its own. */
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** `refund-specialist` → `Refund specialist` */
function title(name: string): string {
  const words = name.replace(/[-_.:/]+/g, ' ').trim();
  return words === '' ? name : words[0]!.toUpperCase() + words.slice(1);
}

const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

function isId(text: string): boolean {
  return ID.test(text);
}

/** `Refund_Specialist v2` → `refund-specialist-v2`, numbered where the id is taken. */
function freeId(name: string, taken: ReadonlySet<string>): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const plain = words
    .filter((word) => word !== '')
    .join('-')
    .slice(0, 60)
    .replace(/-$/, '');
  const base = isId(plain) ? plain : `agent-${plain}`.replace(/-$/, '');
  let id = base;
  for (let n = 2; taken.has(id); n++) id = `${base}-${n}`;
  return id;
}
