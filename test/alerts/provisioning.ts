import { z } from 'zod';

/** A duration as Grafana's provisioning files write it, that it accepts as an interval: a multiple of ten seconds. */
const interval = z
  .string()
  .regex(/^\d+s$/)
  .refine((text) => Number.parseInt(text, 10) % 10 === 0 && Number.parseInt(text, 10) > 0, {
    message: 'is no multiple of 10 s: Grafana would not start',
  });
export const duration = z.string().regex(/^\d+[smh]$/);
export const unique = (values: readonly string[]): boolean => new Set(values).size === values.length;
const range = z.strictObject({ from: z.int().positive(), to: z.literal(0) });

/** Runs in the data source's back end; all others are left as they stand when a rule is evaluated. */
const MACROS = new Set([
  'timeFilter',
  'timeFilter_ms',
  'dateFilter',
  'dateTimeFilter',
  'dt',
  'timeFrom',
  'timeTo',
  'fromTime',
  'toTime',
  'fromTime_ms',
  'toTime_ms',
  'timeInterval',
  'timeInterval_ms',
  'timeGroup',
  'interval_s',
]);

const rawSql = z.string().superRefine((sql, context) => {
  for (const [whole, macro] of sql.matchAll(/\$\{?(?:__)?(\w+)/g)) {
    if (!whole.startsWith('$__') || !MACROS.has(macro!))
      context.addIssue({ code: 'custom', message: `${whole} is not expanded in rules` });
  }
});

const DATA_SOURCE = 'agentops-clickhouse';

const question = z.strictObject({
  refId: z.literal('A'),
  datasourceUid: z.literal(DATA_SOURCE),
  relativeTimeRange: range,
  model: z.strictObject({
    refId: z.literal('A'),
    datasource: z.strictObject({
      type: z.literal('grafana-clickhouse-datasource'),
      uid: z.literal(DATA_SOURCE),
    }),
    editorType: z.literal('sql'),
    rawSql,
    format: z.literal(1),
    queryType: z.literal('table'),
    pluginVersion: z.literal('4.20.0'),
    meta: z.strictObject({ timezone: z.string().optional() }),
  }),
});

const threshold = z.strictObject({
  refId: z.literal('B'),
  datasourceUid: z.literal('__expr__'),
  relativeTimeRange: range,
  model: z.strictObject({
    refId: z.literal('B'),
    type: z.literal('threshold'),
    datasource: z.strictObject({ type: z.literal('__expr__'), uid: z.literal('__expr__') }),
    expression: z.literal('A'),
    conditions: z.tuple([
      z.strictObject({ evaluator: z.strictObject({ type: z.literal('gt'), params: z.tuple([z.number()]) }) }),
    ]),
  }),
});

/** Interpolated when the file is read: `$$` stands for a dollar, a single one would vanish with what follows it. */
export const interpolated = z
  .string()
  .min(1)
  .refine((text) => !text.replaceAll('$$', '').includes('$'), { message: 'has a $ that is not doubled' });
/** Not interpolated, but `${…}` is no template of alerts. */
const annotation = z
  .string()
  .min(1)
  .refine((text) => !text.includes('${') && !text.includes('$$'), { message: 'has a $ of another language' })
  .refine(
    (text) => [...text.matchAll(/\$\w+/g)].every(([name]) => ['$labels', '$values', '$value'].includes(name)),
    { message: 'names what a template does not know' },
  );

const OWN_LABELS = z.strictObject({
  product: z.literal('agentops'),
  alert: interpolated,
  severity: z.enum(['page', 'ticket', 'info']),
  domain: z.enum(['operations', 'business', 'reviewers', 'security', 'pipeline']),
});

const rule = z.strictObject({
  uid: interpolated.max(40).regex(/^[\w-]+$/),
  title: interpolated.max(190),
  condition: z.literal('B'),
  for: duration,
  keepFiringFor: duration,
  noDataState: z.enum(['OK', 'NoData', 'Alerting', 'KeepLast']),
  execErrState: z.enum(['OK', 'Error', 'Alerting', 'KeepLast']),
  missing_series_evals_to_resolve: z.int().positive(),
  isPaused: z.literal(false),
  labels: OWN_LABELS,
  annotations: z.strictObject({
    title: annotation,
    summary: annotation,
    description: annotation,
    runbook_url: annotation.regex(/^(https:\/\/\S+\/)?runbooks\/[\w-]+\.md$/),
    dashboard: annotation.regex(/^(https:\/\/\S+)?\/d\/[\w-]+(\{\{.*\}\})?$/),
    task: annotation.regex(/^\{\{.*\}\}(https:\/\/\S+)?\/d\/agentops-run\?var-agent=\{\{.*\}\}$/).optional(),
  }),
  notification_settings: z
    .strictObject({
      receiver: interpolated,
      group_by: z.array(interpolated).refine(unique, { message: 'groups by a label twice' }),
      group_wait: duration,
      group_interval: duration,
      repeat_interval: duration,
      mute_time_intervals: z.array(interpolated).min(1).optional(),
    })
    .optional(),
  data: z.tuple([question, threshold]),
});

/** Grafana's provisioning file of alert rules, stricter than Grafana: it ignores a misspelt key, this does not. */
export const RULES_FILE = rulesFile(rule);

/** The same with labels by the names and values of a company. */
export function rulesFileOf(labels: z.ZodType): z.ZodType {
  return rulesFile(rule.extend({ labels }));
}

function rulesFile<Rule extends z.ZodType<{ uid: string; title: string }>>(rule: Rule) {
  return z.strictObject({
    apiVersion: z.literal(1),
    groups: z
      .array(
        z.strictObject({
          orgId: z.literal(1),
          name: z.string().min(1),
          folder: z.string().min(1),
          interval,
          rules: z.array(rule).min(1),
        }),
      )
      .min(1)
      .refine((groups) => unique(groups.map(({ name }) => name)), { message: 'two groups of one name' })
      .refine((groups) => unique(groups.flatMap(({ rules }) => rules.map(({ uid }) => uid))), {
        message: 'two rules of one uid',
      })
      .refine((groups) => unique(groups.flatMap(({ rules }) => rules.map(({ title }) => title))), {
        message: 'two rules of one title in a folder',
      }),
  });
}
