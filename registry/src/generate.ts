import { writeFileSync } from 'node:fs';
import { jsonSchemas } from './schema/json.ts';
import { sliDocument } from './sli/document.ts';

/** Writes the JSON Schemas that editors check the YAML files with, and the page about the SLIs. */
for (const [name, text] of Object.entries(jsonSchemas())) {
  writeFileSync(new URL(`../schema/${name}`, import.meta.url), text);
}
writeFileSync(new URL('../docs/slis.md', import.meta.url), sliDocument());
