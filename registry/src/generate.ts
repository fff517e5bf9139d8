import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { agentSchema } from './schema/agent.ts';
import { organisationSchema } from './schema/organisation.ts';

/** Writes the JSON Schemas that editors check the YAML files with. */
for (const [name, schema] of [
  ['agent', agentSchema],
  ['organisation', organisationSchema],
] as const) {
  const json = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
  const file = fileURLToPath(new URL(`../schema/${name}.schema.json`, import.meta.url));
  writeFileSync(file, `${JSON.stringify(json, null, 2)}\n`);
}
