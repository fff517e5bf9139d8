import { z } from 'zod';
import { duration, interpolated, unique } from './provisioning.ts';

/** A secret: nothing but a variable of the environment, which is there when the file is read. */
const secret = z.string().regex(/^\$AGENTOPS_[A-Z0-9_]+$/, 'is no variable of the environment');
/** Text that people read: a template of notifications, which has no `$` of its own here. */
const text = interpolated;
const url = z.union([z.url({ protocol: /^https?$/ }), secret]);

/** What Grafana’s notifiers read, each with what it must have. */
const integration = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('pagerduty'),
    settings: z.strictObject({
      integrationKey: secret,
      severity: text,
      summary: text,
      details: z.record(z.string(), text),
      client: text,
    }),
  }),
  z.strictObject({
    type: z.literal('opsgenie'),
    settings: z.strictObject({
      apiKey: secret,
      message: text,
      description: text,
      responders: z.array(
        z.strictObject({ name: text, type: z.enum(['team', 'user', 'schedule', 'escalation']) }),
      ),
    }),
  }),
  z.strictObject({
    type: z.literal('jira'),
    settings: z
      .strictObject({
        api_url: url,
        project: text,
        issue_type: text,
        summary: text,
        description: text,
        labels: z.array(text),
        api_token: secret.optional(),
        user: text.optional(),
        password: secret.optional(),
      })
      .refine(
        ({ api_token: token, user, password }) =>
          token === undefined
            ? user !== undefined && password !== undefined
            : (user ?? password) === undefined,
        { message: 'needs a token, or a user and a password' },
      ),
  }),
  z.strictObject({
    type: z.literal('slack'),
    settings: z.strictObject({ url: secret, recipient: text, title: text, text }),
  }),
  z.strictObject({
    type: z.literal('teams'),
    settings: z.strictObject({ url: secret, title: text, message: text }),
  }),
  z.strictObject({
    type: z.literal('email'),
    settings: z.strictObject({
      addresses: z.string().regex(/^[^\s@;$]+@[^\s@;$]+(;[^\s@;$]+@[^\s@;$]+)*$/, 'are no addresses'),
      singleEmail: z.boolean(),
      subject: text,
      message: text,
    }),
  }),
  z.strictObject({
    type: z.literal('webhook'),
    settings: z.strictObject({
      url,
      httpMethod: z.enum(['POST', 'PUT']),
      title: text.optional(),
      message: text.optional(),
      hmacConfig: z
        .strictObject({ secret, header: text.optional(), timestampHeader: text.optional() })
        .optional(),
    }),
  }),
  z.strictObject({
    type: z.literal('prometheus-alertmanager'),
    settings: z
      .strictObject({ url, basicAuthUser: text.optional(), basicAuthPassword: secret.optional() })
      .refine(({ url }) => !url.includes('/api/v2'), { message: 'is the API, not the Alertmanager' }),
  }),
]);

const uid = z
  .string()
  .max(40)
  .regex(/^[\w-]+$/);

const receiver = z
  .looseObject({ uid, disableResolveMessage: z.boolean() })
  .transform(({ uid: _, disableResolveMessage: __, ...rest }) => rest)
  .pipe(integration);

/** Grafana's provisioning file of contact points. */
export const CONTACT_POINTS_FILE = z.strictObject({
  apiVersion: z.literal(1),
  contactPoints: z
    .array(z.strictObject({ orgId: z.literal(1), name: interpolated, receivers: z.array(receiver).min(1) }))
    .min(1)
    .refine((points) => unique(points.map(({ name }) => name)), {
      message: 'two contact points of one name',
    }),
});

const clock = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'is no time of day');
const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

/** Grafana's provisioning file of mute timings. */
export const MUTE_TIMINGS_FILE = z.strictObject({
  apiVersion: z.literal(1),
  muteTimes: z
    .array(
      z.strictObject({
        orgId: z.literal(1),
        name: z.string().min(1),
        time_intervals: z
          .array(
            z.strictObject({
              times: z
                .array(
                  z
                    .strictObject({ start_time: clock, end_time: clock })
                    .refine(({ start_time: from, end_time: to }) => from < to, {
                      message: 'ends before it begins',
                    }),
                )
                .min(1),
              weekdays: z.array(z.enum(WEEKDAYS)).min(1).optional(),
              years: z.array(z.string().regex(/^\d{4}$/)).optional(),
              months: z.array(z.string().regex(/^([1-9]|1[0-2])$/)).optional(),
              days_of_month: z.array(z.string().regex(/^([1-9]|[12]\d|3[01])$/)).optional(),
              location: z.string().refine((zone) => Intl.supportedValuesOf('timeZone').includes(zone), {
                message: 'is no time zone',
              }),
            }),
          )
          .min(1),
      }),
    )
    .min(1)
    .refine((times) => unique(times.map(({ name }) => name)), { message: 'two of one name' }),
});

const matcher = z.tuple([
  interpolated.regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'is no label'),
  z.enum(['=', '!=', '=~', '!~']),
  interpolated,
]);

/** A branch of the tree: only its root has no matchers, and only below it may anything be muted. */
export interface Policy {
  readonly receiver?: string | undefined;
  readonly group_by?: readonly string[] | undefined;
  readonly group_wait?: string | undefined;
  readonly group_interval?: string | undefined;
  readonly repeat_interval?: string | undefined;
  readonly mute_time_intervals?: readonly string[] | undefined;
  readonly object_matchers: readonly (readonly [string, string, string])[];
  readonly routes?: readonly Policy[] | undefined;
}

const policy: z.ZodType<Policy> = z.lazy(() =>
  z.strictObject({
    receiver: interpolated.optional(),
    group_by: z.array(interpolated).min(1).refine(unique).optional(),
    group_wait: duration.optional(),
    group_interval: duration.optional(),
    repeat_interval: duration.optional(),
    mute_time_intervals: z.array(interpolated).min(1).optional(),
    object_matchers: z.array(matcher).min(1),
    routes: z.array(policy).min(1).optional(),
  }),
);

/** Grafana's provisioning file of notification policies: one tree. */
export const POLICIES_FILE = z.strictObject({
  apiVersion: z.literal(1),
  policies: z.tuple([
    z.strictObject({
      orgId: z.literal(1),
      receiver: interpolated,
      group_by: z.array(interpolated).min(1),
      routes: z.array(policy).min(1),
    }),
  ]),
});
