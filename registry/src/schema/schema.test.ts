import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { jsonSchemas } from './json.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

test.each(Object.entries(jsonSchemas()))(
  'schema/%s is what the code says: npm run generate',
  (name, text) => {
    expect(readFileSync(`${ROOT}/schema/${name}`, 'utf8')).toBe(text);
  },
);

test('every file of the sample company names the schema that its editor needs', () => {
  const agents = readdirSync(`${ROOT}/company/agents`).map((name) =>
    readFileSync(`${ROOT}/company/agents/${name}`, 'utf8'),
  );
  for (const text of agents)
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/\.\.\/schema\/agent\.schema\.json\n/);
  expect(readFileSync(`${ROOT}/company/organisation.yaml`, 'utf8')).toMatch(
    /^# yaml-language-server: \$schema=\.\.\/schema\/organisation\.schema\.json\n/,
  );
});

/** A key without a word about it is a key that an editor cannot explain. */
test('every key at the top of an agent file explains itself', () => {
  const { properties } = JSON.parse(jsonSchemas()['agent.schema.json']!) as {
    properties: Record<string, { description?: string }>;
  };
  const silent = Object.entries(properties).filter(([, schema]) => schema.description === undefined);
  expect(silent.map(([key]) => key)).toEqual([]);
});
