import { ATTR } from '@agentops/registry/contract';
import { type AttributeList, valueText } from '../decode/attributes.ts';
import type { KeyTable } from '../decode/keys.ts';
import { hashWords, holds, type Words, wordsOf } from '../decode/words.ts';
import type { ResourceContext } from '../model.ts';
import type { TextCache } from './text.ts';

/** Resource attributes that count, in order of precedence. `deployment.environment` is the deprecated name. */
const SOURCES: Readonly<Record<keyof ResourceContext, readonly string[]>> = {
  service: ['service.name'],
  namespace: ['service.namespace'],
  version: [ATTR.agentVersion, 'service.version'],
  environment: [
    'deployment.environment.name',
    'deployment.environment',
    'langfuse.environment',
    'gen_ai.environment',
  ],
  department: [ATTR.department, 'department'],
  team: [ATTR.team, 'team.id', 'team'],
  costCenter: [ATTR.costCenter, 'service.instance.cost_center.id', 'cost_center', 'cost_center.id'],
  tenant: [ATTR.tenant, 'tenant.id', 'tenant_id', 'tenant', 'customer.id', 'organization.id'],
  userId: ['user.id', 'enduser.id'],
  agentName: ['gen_ai.agent.name', 'agent.name', 'gen_ai.application_name'],
};

export const RESOURCE_KEYS: readonly string[] = Object.values(SOURCES).flat();

/** Names that SDKs make up when nobody set one. */
const UNKNOWN_SERVICE = /^unknown_service(:|$)/;

export interface ResourceReader {
  /** The context of the resource in `list`, which was read from `[start, end)`. The same object for the same bytes. */
  read(list: AttributeList, start: number, end: number): ResourceContext;
}

interface Known {
  readonly words: Words;
  readonly context: ResourceContext;
}

const MAX_CACHED = 4096;

export function createResourceReader(keys: KeyTable, cache: TextCache): ResourceReader {
  const ids = Object.entries(SOURCES).map(
    ([field, names]) => [field as keyof ResourceContext, names.map((name) => keys.idOf(name))] as const,
  );
  /** By a hash of the resource's raw bytes, then by content, so that restarts of a service share one object. */
  const slots: (Known | null)[] = new Array(MAX_CACHED).fill(null);
  const byContent = new Map<string, ResourceContext>();
  let last: Known | null = null;

  function contextOf(list: AttributeList): ResourceContext {
    const built = {} as Record<keyof ResourceContext, string>;
    for (const [field, candidates] of ids) built[field] = first(list, candidates);
    if (UNKNOWN_SERVICE.test(built.service)) built.service = '';
    for (const [field] of ids) {
      built[field] = field === 'userId' ? cache.identity(built[field]) : cache.short(built[field]);
    }
    const content = JSON.stringify(built);
    const context = byContent.get(content) ?? Object.freeze(built);
    if (byContent.size >= MAX_CACHED) byContent.clear();
    byContent.set(content, context);
    return context;
  }

  return {
    read(list, start, end) {
      const { view } = list;
      if (last !== null && holds(view, start, end, last.words)) return last.context;
      const slot = hashWords(view, start, end) & (MAX_CACHED - 1);
      const known = slots[slot]!;
      if (known !== null && holds(view, start, end, known.words)) last = known;
      else {
        last = { words: wordsOf(view, start, end), context: contextOf(list) };
        slots[slot] = last;
      }
      return last.context;
    },
  };
}

function first(list: AttributeList, candidates: readonly number[]): string {
  for (const id of candidates) {
    for (let i = 0; i < list.count; i++) {
      if (list.keys[i] !== id) continue;
      const text = valueText(list.buf, list.types[i]!, list.starts[i]!, list.ends[i]!);
      if (text !== '') return text;
    }
  }
  return '';
}
