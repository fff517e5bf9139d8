import { ATTR } from '@agentops/registry/contract';
import { type Context, createContextKey } from '@opentelemetry/api';

/** Whose work is being done: carried by context, set on every span that begins under it, whoever begins it. */
export interface Dimensions {
  readonly department?: string;
  readonly team?: string;
  readonly costCenter?: string;
  readonly tenant?: string;
  readonly user?: string;
  readonly conversation?: string;
  readonly task?: string;
  readonly taskType?: string;
  readonly taskRef?: string;
}

const KEY = createContextKey('agentops dimensions');

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

/** The context with these dimensions added to those that it carries. */
export function withDimensions(context: Context, dimensions: Dimensions): Context {
  const known = context.getValue(KEY) as Dimensions | undefined;
  return context.setValue(KEY, { ...known, ...defined(dimensions) });
}

/** The dimensions of a context as span attributes; null outside of any task or run. */
export function dimensionAttributes(context: Context): Record<string, string> | null {
  const dimensions = context.getValue(KEY) as Dimensions | undefined;
  if (dimensions === undefined) return null;
  const attributes: Record<string, string> = {};
  for (const [name, key] of Object.entries(NAMES)) {
    const value = dimensions[name as keyof Dimensions];
    if (value !== undefined) attributes[key] = value;
  }
  return attributes;
}

function defined<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
