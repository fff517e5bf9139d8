import { writeFileSync } from 'node:fs';
import { sliViews } from './sli-views.ts';

/** Writes the views that are made from the definitions of the SLIs. */
for (const [name, text] of Object.entries(sliViews())) {
  writeFileSync(new URL(`../../schema/views/${name}`, import.meta.url), text);
}
