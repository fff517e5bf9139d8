import { expandBackendMacros, type QueryRange } from './backend.ts';
import { expandVariables, type Variables } from './frontend.ts';

export { expandBackendMacros, type QueryRange } from './backend.ts';
export { expandVariables, type Variables, type VariableValue } from './frontend.ts';

/** A panel's SQL as ClickHouse gets it. */
export function expandMacros(sql: string, range: QueryRange, variables: Variables = {}): string {
  return expandBackendMacros(expandVariables(sql, variables), range);
}
