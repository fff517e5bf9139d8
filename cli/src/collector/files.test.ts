import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadRegistry, type RegistryDocument, readRegistryFiles } from '@agentops/registry';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { generateCollector } from './files.ts';
import { contentKeys, eventPlacesOf, identityKeys, placesOf, unreadKeys } from './keys.ts';
import { literal, matches } from './ottl.ts';
import { DIGITS, SECRETS } from './patterns.ts';

const COMPANY = fileURLToPath(new URL('../../../registry/company', import.meta.url));
const company = loadRegistry(readRegistryFiles(COMPANY)).document!;

function configOf(
  path: string,
  registry: RegistryDocument = company,
): Record<string, Record<string, unknown>> {
  const file = generateCollector(registry).find((each) => each.path.endsWith(path))!;
  return parse(file.text) as Record<string, Record<string, unknown>>;
}

test('a bundle names nothing that could be theirs, and has no list of the service’s', () => {
  for (const path of ['kafka/bundle.yaml', 'agentops/bundle.yaml']) {
    const { service, ...components } = configOf(path);
    for (const part of Object.values(components))
      for (const name of Object.keys(part)) expect(name).toMatch(/\/agentops(-\w+)?$/);
    expect(Object.keys(service!)).toEqual(['pipelines']);
    for (const name of Object.keys(service!['pipelines'] as object))
      expect(name).toMatch(/^(traces|logs)\/agentops(-branch)?$/);
  }
});

test('statements of one group are of one context', () => {
  const transform = configOf('kafka/collector.yaml')['processors']!['transform/agentops'] as Record<
    string,
    { context: string; statements: string[] }[]
  >;
  const groups = [...transform['trace_statements']!, ...transform['log_statements']!];
  expect(groups.length).toBeGreaterThan(20);
  for (const { context, statements } of groups)
    for (const statement of statements)
      expect(statement).toMatch(new RegExp(`^\\w+\\((?:${context}\\.|span\\.attributes\\["agentops)`));
});

test('agents named by their telemetry are matched on each span; patterns become anchored expressions', () => {
  const [first] = company.agents;
  const match = [{ service: 'shared-*', agent: 'billing (v2)' }];
  const text = generateCollector({ ...company, agents: [{ ...first!, match }] }).find(({ path }) =>
    path.endsWith('kafka/bundle.yaml'),
  )!.text;
  expect(text).toContain(
    'IsMatch(resource.attributes["service.name"], "(?s)^shared-.*$$") and span.attributes["gen_ai.agent.name"] == "billing (v2)"',
  );
});

test('what emitters call arguments, content and ids comes from the dialects', () => {
  expect(placesOf('toolArguments')).toContainEqual({ key: 'gen_ai.tool.call.arguments', path: [] });
  expect(placesOf('toolResult')).toContainEqual({
    key: 'output.value',
    path: ['output', 'kwargs', 'content'],
  });
  expect(eventPlacesOf('toolResult')).toEqual([{ event: 'gen_ai.choice', key: 'message' }]);
  expect(contentKeys().keys).toContain('gen_ai.input.messages');
  // Tokens are read from it, so it never goes.
  expect(contentKeys().keys).not.toContain('gcp.vertex.agent.llm_response');
  // Tool calls are read from it where there are no tool spans.
  expect(unreadKeys().keys).not.toContain('gen_ai.output.messages');
  expect(identityKeys('span')).toEqual(expect.arrayContaining(['user.id', 'gen_ai.response.id']));
});

test('text survives both the Collector’s and the language’s quotes', () => {
  expect(literal('a"b\\c$d')).toBe('"a\\"b\\\\c$$d"');
  expect(matches('x', 'a.b*')).toBe('IsMatch(x, "(?s)^a\\\\.b.*$$")');
  expect(matches('x', 'a.b')).toBe('x == "a.b"');
});

test('whatever a guarded pattern finds, its guard finds as well', () => {
  const secrets = [
    'hana.ito@kitano.example',
    '4111 1111 1111 1111',
    '378282246310005',
    '3782-822463-10005',
    '(415) 555-0134',
    '415.555.0134',
    'GB82 WEST 1234 5698 7654 32',
    'NL91ABNA0417164300',
  ];
  const guarded = SECRETS.filter(({ guard }) => guard !== undefined);
  for (const { pattern, guard } of guarded) {
    const found = secrets.flatMap((secret) => new RegExp(pattern).exec(secret)?.[0] ?? []);
    expect(found.length).toBeGreaterThan(0);
    for (const text of found) {
      if (guard === 'digits') expect(text).toMatch(new RegExp(DIGITS));
      else expect(guard!.some((part) => text.includes(part))).toBe(true);
    }
  }
  expect(guarded).toHaveLength(4);
  expect('on 2024-05-11 at 9').not.toMatch(new RegExp(DIGITS));
});

test('the tests’ Collector is built of what the manifest names', () => {
  const manifest = configOf('builder.yaml') as unknown as Record<string, { gomod: string }[]>;
  const sources = readFileSync(
    fileURLToPath(new URL('../../../test/servers/collector/go.mod', import.meta.url)),
    'utf8',
  );
  const modules = Object.entries(manifest).flatMap(([kind, list]) => (kind === 'dist' ? [] : list));
  expect(modules.length).toBeGreaterThan(20);
  for (const { gomod } of modules) expect(sources).toContain(gomod);
});
