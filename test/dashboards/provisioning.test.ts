import { FOLDERS, generateDashboards } from '@agentops/dashboards';
import { readRegistry } from '@agentops/processor';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { testFile } from '../servers/tools.ts';

const FILES = generateDashboards(readRegistry(testFile('../registry/company')));

const document = (path: string): unknown => parse(FILES.find((file) => file.path.endsWith(path))!.text);

/** Grafana's provisioning of dashboards: keys that it does not know it ignores without a word. */
const PROVIDERS = z.strictObject({
  apiVersion: z.literal(1),
  providers: z.array(
    z.strictObject({
      name: z.string(),
      orgId: z.literal(1),
      folder: z.string(),
      type: z.literal('file'),
      disableDeletion: z.boolean(),
      allowUiUpdates: z.boolean(),
      updateIntervalSeconds: z.int().min(10),
      options: z.strictObject({ path: z.string().startsWith('/') }),
    }),
  ),
});

/** The data source's own settings are those of grafana-clickhouse-datasource 4.20. */
const SOURCES = z.strictObject({
  apiVersion: z.literal(1),
  datasources: z.array(
    z.strictObject({
      name: z.string(),
      uid: z.string().max(40),
      type: z.literal('grafana-clickhouse-datasource'),
      access: z.literal('proxy'),
      editable: z.boolean(),
      jsonData: z.strictObject({
        host: z.string(),
        port: z.string(),
        protocol: z.enum(['native', 'http']),
        username: z.string(),
        defaultDatabase: z.string(),
        dialTimeout: z.string().regex(/^\d+$/),
        queryTimeout: z.string().regex(/^\d+$/),
      }),
      secureJsonData: z.strictObject({ password: z.string().startsWith('$') }),
    }),
  ),
});

test('a folder for each audience, and a dashboard in each', () => {
  const { providers } = PROVIDERS.parse(document('provisioning/dashboards/agentops.yaml'));
  expect(providers.map(({ folder }) => folder)).toEqual(FOLDERS.map((folder) => `agentops ${folder}`));
  expect(new Set(providers.map(({ name }) => name)).size).toBe(providers.length);
  for (const { options } of providers) {
    const folder = options.path.split('/').at(-1)!;
    expect(FILES.some(({ path }) => path.startsWith(`dashboards/generated/${folder}/`))).toBe(true);
  }
});

test('one data source, and every panel and variable asks it', () => {
  const { datasources } = SOURCES.parse(document('provisioning/datasources/agentops.yaml'));
  const uids = FILES.filter(({ path }) => path.endsWith('.json')).flatMap(({ text }) =>
    [...text.matchAll(/"datasource": \{[^}]*?"uid": "([^"]+)"/g)].map(([, uid]) => uid),
  );
  expect([...new Set(uids)]).toEqual(datasources.map(({ uid }) => uid));
});
