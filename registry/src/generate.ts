import { writeFileSync } from 'node:fs';
import { jsonSchemas } from './schema/json.ts';

/** Writes the JSON Schemas that editors check the YAML files with. */
for (const [name, text] of Object.entries(jsonSchemas())) {
  writeFileSync(new URL(`../schema/${name}`, import.meta.url), text);
}
