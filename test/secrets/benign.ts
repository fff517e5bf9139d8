import { DIGITS, HEX, LOWER, type Random, seeded, UPPER } from './random.ts';

const uuid = (r: Random): string =>
  `${r.text(8, HEX)}-${r.text(4, HEX)}-4${r.text(3, HEX)}-${r.pick(['8', '9', 'a', 'b'])}${r.text(3, HEX)}-${r.text(12, HEX)}`;
const ns = (r: Random): string => `17${r.text(17, DIGITS)}`;
const two = (r: Random, below: number): string => String(r.below(below)).padStart(2, '0');
const time = (r: Random): string =>
  `2026-${String(r.between(1, 12)).padStart(2, '0')}-${String(r.between(1, 28)).padStart(2, '0')}T${two(r, 24)}:${two(r, 60)}:${two(r, 60)}`;
const semver = (r: Random): string => `${r.below(30)}.${r.below(60)}.${r.below(200)}`;
const word = (r: Random): string =>
  r.pick([
    'refund',
    'flight',
    'invoice',
    'booking',
    'seat',
    'policy',
    'report',
    'ticket',
    'cluster',
    'billing',
  ]);
const base64 = (r: Random, bytes: number): string =>
  Buffer.from(Array.from({ length: bytes }, () => r.below(256))).toString('base64');
const sentence = (r: Random): string =>
  `The ${word(r)} for the ${word(r)} was ${r.pick(['updated', 'cancelled', 'approved'])} after ${r.between(2, 40)} minutes; the ${word(r)} costs $${r.between(1, 900)}.${two(r, 100)} and ${r.between(1000, 99999)} tokens were used.`;

/** What telemetry of agents holds that is neither secret nor personal. */
const BENIGN: readonly ((r: Random) => string)[] = [
  (r) => r.text(32, HEX),
  (r) => r.text(16, HEX),
  (r) => r.text(40, HEX),
  (r) => r.text(64, HEX),
  (r) => `sha256:${r.text(64, HEX)}`,
  (r) => `sha512-${base64(r, 64)}`,
  (r) => base64(r, r.between(12, 60)),
  uuid,
  (r) => uuid(r).toUpperCase(),
  (r) => r.text(26, '0123456789ABCDEFGHJKMNPQRSTVWXYZ'),
  (r) => time(r) + r.pick(['Z', '.123Z', '.123456789Z', '+09:00', '-0500']),
  (r) => `${r.between(1990, 2030)}-${two(r, 12)}-${two(r, 28)}`,
  (r) => `17${r.text(11, DIGITS)}`,
  (r) => `17${r.text(14, DIGITS)}`,
  (r) => r.text(r.between(1, 12), DIGITS),
  (r) => `1${r.text(17, DIGITS)}`,
  (r) => `-${r.below(99)}.${r.text(16, DIGITS)}`,
  (r) => `0.${r.text(17, DIGITS)}`,
  (r) =>
    r.pick(['chat', 'invoke_agent', 'execute_tool']) +
    ' ' +
    r.pick([
      'gpt-4o-2024-08-06',
      'claude-sonnet-4-20250514',
      'gemini-2.5-flash',
      'get_user_details',
      'customer-support',
    ]),
  (r) =>
    r.pick([
      'gpt-4.1-mini-2025-04-14',
      'us.anthropic.claude-3-7-sonnet-20250219-v1:0',
      'text-embedding-3-large',
      'llama-3.3-70b-versatile',
      'mistral-large-2411',
    ]),
  (r) =>
    r.pick(['chatcmpl-', 'call_', 'resp_', 'msg_', 'toolu_', 'run_', 'thread_', 'req_', 'asst_', 'fc_']) +
    r.text(24),
  (r) => `toolu_01${r.text(22)}`,
  (r) => `v${semver(r)}`,
  (r) => `${semver(r)}-rc.${r.below(9)}+build.${r.below(999)}`,
  (r) => `${r.below(10)}.${r.below(20)}.${r.below(20)}.${r.below(20)}`,
  (r) =>
    r.pick([
      `10.${r.below(256)}.${r.below(256)}.${r.below(256)}:8080`,
      `192.168.${r.below(256)}.${r.below(256)}`,
      '127.0.0.1:4318',
      '0.0.0.0',
    ]),
  (r) => Array.from({ length: 6 }, () => r.text(2, HEX)).join(':'),
  (r) => `#W${r.text(7, DIGITS)}`,
  (r) => `ORD-2026-${r.text(6, DIGITS)}`,
  (r) => `${r.text(3, DIGITS)}-${r.text(7, DIGITS)}-${r.text(7, DIGITS)}`,
  (r) => `1Z${r.text(16, `${UPPER}${DIGITS}`)}`,
  (r) => `978-${r.below(10)}-${r.text(3, DIGITS)}-${r.text(5, DIGITS)}-${r.below(10)}`,
  (r) => `$${r.between(1, 999)},${r.text(3, DIGITS)}.${two(r, 100)}`,
  (r) => `¥${r.between(1, 999)},${r.text(3, DIGITS)}（税込）`,
  (r) => `${r.text(2, UPPER)}${r.text(4, DIGITS)}`,
  (r) => `${r.between(-90, 90)}.${r.text(6, DIGITS)}, ${r.between(-180, 180)}.${r.text(6, DIGITS)}`,
  (r) => `/home/app/src/${word(r)}/${word(r)}.py:${r.below(900)}`,
  (r) =>
    `https://api.example.com/v${r.below(4)}/${word(r)}s/${uuid(r)}?page=${r.below(50)}&limit=${r.below(100)}&sort=asc`,
  (r) => `${word(r)}-service-${r.text(10, LOWER + DIGITS)}-${r.text(5, LOWER + DIGITS)}`,
  (r) => `registry.example.com/${word(r)}:${semver(r)}@sha256:${r.text(64, HEX)}`,
  (r) =>
    JSON.stringify({
      id: r.below(1e6),
      origin: 'JFK',
      destination: 'SEA',
      date: '2024-05-20',
      cabin: 'economy',
      price: r.below(900),
    }),
  (r) =>
    JSON.stringify({
      usage: { input_tokens: r.below(1e5), output_tokens: r.below(1e4), total_tokens: r.below(1e6) },
      max_tokens: 4096,
    }),
  (r) =>
    JSON.stringify({
      trace_id: r.text(32, HEX),
      start_time: Number(`17${r.text(8, DIGITS)}`),
      status: 'ok',
      next_page_token: r.text(20),
    }),
  () =>
    JSON.stringify({
      name: 'login',
      parameters: {
        type: 'object',
        properties: { password: { type: 'string', description: 'The password' } },
        required: ['password'],
      },
    }),
  (r) =>
    JSON.stringify(
      JSON.stringify({ order_id: `#W${r.text(7, DIGITS)}`, items: [r.text(10, DIGITS), r.text(10, DIGITS)] }),
    ),
  (r) =>
    JSON.stringify({
      tokens: [{ token: r.pick(['Hello', ' world', '!']), logprob: -0.31725305, bytes: [72, 101] }],
    }),
  (r) => JSON.stringify(Array.from({ length: 8 }, () => Number(`0.${r.text(8, DIGITS)}`))),
  sentence,
  (r) => `${sentence(r)} ${sentence(r)}`,
  (r) =>
    `お客様のご予約（${word(r)}）は${r.between(1, 12)}月${r.between(1, 28)}日に変更されました。料金は${r.between(1, 99)},000円です。`,
  () => 'Password: must be at least 8 characters long.',
  () => 'def login(user: str, password: str, token: Optional[str] = None) -> bool:',
  () => 'client = OpenAI(api_key=os.environ["OPENAI_API_KEY"], max_retries=3)',
  () => 'The secret: always be kind to the people you meet.',
  () => 'Please reset the password and send the token count per session.',
  (r) =>
    `Error: connect ECONNREFUSED 10.0.0.${r.below(256)}:5432 (attempt ${r.below(9)}/5, retry in ${r.below(9000)} ms)`,
  (r) =>
    `    at async Runner.run (/app/node_modules/@agents/core/dist/runner.js:${r.below(900)}:${r.below(80)})`,
  (r) => `npm i @openai/agents@${semver(r)} zod@^${semver(r)}`,
  (r) => `git clone git@github.com:example/${word(r)}.git && git checkout ${r.text(40, HEX)}`,
  (r) => `image@2x.png 100%25 ${r.below(100)}% done, ${r.below(60)}:${two(r, 60)} left`,
  (r) =>
    `${two(r, 24)}:${two(r, 60)}:${two(r, 60)}.${r.text(9, DIGITS)} INFO ${word(r)} finished in ${r.below(900)}ms (p99=${r.below(900)}.${r.below(10)}ms)`,
  (r) => `SELECT count() FROM ${word(r)}s WHERE id = ${r.below(1e9)} AND at > '${time(r)}'`,
  (r) => `processor:chaskey-12:${r.text(32, HEX)}`,
  (r) => `arn:aws:lambda:ap-northeast-1:${r.text(12, DIGITS)}:function:${word(r)}`,
  (r) => `00-${r.text(32, HEX)}-${r.text(16, HEX)}-01`,
  (r) => `data:image/png;base64,iVBORw0KGgo${base64(r, 30)}`,
];

/** `count` values of every kind of {@link BENIGN} in turn. */
export function benign(seed: number, count: number): string[] {
  const r = seeded(seed);
  return Array.from({ length: count }, (_, i) => BENIGN[i % BENIGN.length]!(r));
}

/** Counts of tokens and times in nanoseconds, as text, in JSON, in prose: what may never change. */
export function untouchable(seed: number, count: number): string[] {
  const r = seeded(seed);
  const forms: readonly (() => string)[] = [
    () => ns(r),
    () => `${ns(r)}-${ns(r)}`,
    () => `${ns(r)} ${ns(r)}`,
    () => `{"startTimeUnixNano":"${ns(r)}","endTimeUnixNano":${ns(r)}}`,
    () => `start=${ns(r)}&end=${ns(r)}`,
    () => `at ${ns(r)}, after ${ns(r)}.`,
    () => String(r.below(2 ** 31)),
    () =>
      `{"input_tokens":${r.below(1e7)},"output_tokens":${r.below(1e6)},"cached_tokens":${r.below(1e5)},"total_tokens":${r.below(1e8)}}`,
    () =>
      `{\\"max_tokens\\":${r.below(1e6)},\\"token_count\\":${r.below(1e12)},\\"tokens\\":${r.below(1e13)}}`,
    () => `gen_ai.usage.input_tokens=${r.below(1e9)} gen_ai.usage.output_tokens: ${r.below(1e9)}`,
  ];
  return Array.from({ length: count }, (_, i) => forms[i % forms.length]!());
}
