import { fileURLToPath } from 'node:url';
import { Ajv, type AnySchema } from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';

/**
 * Checks a dashboard against Grafana's own TypeScript types (@grafana/schema): wrong types, unknown enum values and keys
 * that Grafana would ignore without a word. Options of panels are open in those types.
 */
export function openSchema(): (dashboard: unknown) => string[] {
  const types = import.meta
    .resolve('@grafana/schema')
    .replace(/\/dist\/.*$/, '/dist/types/raw/dashboard/x/types.gen.d.ts');
  const schema = createGenerator({
    path: fileURLToPath(types),
    type: 'Dashboard',
    skipTypeCheck: true,
    additionalProperties: false,
  }).createSchema('Dashboard') as AnySchema;
  const validate = new Ajv({ allErrors: true, strict: false }).compile(schema);
  return (dashboard) => {
    validate(dashboard);
    return (validate.errors ?? []).map(({ instancePath, message, params }) => {
      const what = Object.values(params).map(String).join(' ');
      return `${instancePath}: ${message} ${what}`;
    });
  };
}
