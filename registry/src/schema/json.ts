import { z } from 'zod';
import { agentSchema } from './agent.ts';
import { organisationSchema } from './organisation.ts';

const FILES = {
  agent: { title: 'An AI agent', schema: agentSchema },
  organisation: { title: 'The company of the AI agents', schema: organisationSchema },
} as const;

/** JSON Schema (draft 7, which editors read) of what people write, by name of file; the same text every time. */
export function jsonSchemas(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(FILES).map(([name, { title, schema }]) => {
      const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
      return [`${name}.schema.json`, `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`];
    }),
  );
}
