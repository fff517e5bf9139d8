import { ATTR } from '@agentops/registry/contract';
import { type Attributes, type Context, createContextKey, propagation } from '@opentelemetry/api';

/** Whose work is being done: carried by context, set on every span that begins under it, whoever begins it. */
export interface Dimensions {
  readonly department?: string | undefined;
  readonly team?: string | undefined;
  readonly costCenter?: string | undefined;
  readonly tenant?: string | undefined;
  readonly user?: string | undefined;
  readonly conversation?: string | undefined;
  readonly task?: string | undefined;
  readonly taskType?: string | undefined;
  readonly taskRef?: string | undefined;
}

const NAMES: Readonly<Record<keyof Dimensions, string>> = {
  department: ATTR.department,
  team: ATTR.team,
  costCenter: ATTR.costCenter,
  tenant: ATTR.tenant,
  user: 'user.id',
  conversation: 'gen_ai.conversation.id',
  task: ATTR.taskId,
  taskType: ATTR.taskType,
  taskRef: ATTR.taskRef,
};

const CARRIED: ReadonlySet<string> = new Set(Object.values(NAMES));
const KEY = createContextKey('agentops dimensions');

/** The dimensions as span attributes, without those that have no value. */
export function namedDimensions(dimensions: Dimensions): Record<string, string> {
  const named: Record<string, string> = {};
  for (const name in dimensions) {
    const key = NAMES[name as keyof Dimensions];
    const value = dimensions[name as keyof Dimensions];
    if (key !== undefined && value !== undefined) named[key] = value;
  }
  return named;
}

/** The context with these dimensions added to those that it carries. */
export function withDimensions(context: Context, dimensions: Dimensions): Context {
  const named = namedDimensions(dimensions);
  return context.setValue(KEY, { ...(context.getValue(KEY) as Attributes | undefined), ...named });
}

/** What spans under this context carry: its own dimensions, then those that came as baggage; null where there are none. */
export function dimensionAttributes(context: Context): Readonly<Attributes> | null {
  const own = (context.getValue(KEY) as Attributes | undefined) ?? null;
  const baggage = propagation.getBaggage(context);
  if (baggage === undefined) return own;
  const attributes: Attributes = {};
  for (const [key, { value }] of baggage.getAllEntries()) if (CARRIED.has(key)) attributes[key] = value;
  return { ...attributes, ...own };
}

/**
 * The context with its dimensions as W3C baggage, for a call to another service of one's own: its spans carry them then.
 * Never done unasked, since baggage goes to every server that is called, and tells it who the user is.
 */
export function withBaggage(context: Context): Context {
  let baggage = propagation.getBaggage(context) ?? propagation.createBaggage();
  for (const [key, value] of Object.entries(dimensionAttributes(context) ?? {})) {
    baggage = baggage.setEntry(key, { value: String(value) });
  }
  return propagation.setBaggage(context, baggage);
}
