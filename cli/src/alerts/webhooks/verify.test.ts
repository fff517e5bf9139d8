import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, test } from 'vitest';
import { doubtAlertmanager, doubtGeneric, doubtGrafana, doubtPagerDuty, type Proof } from './verify.ts';

const NOW = Date.UTC(2026, 10, 23, 12, 0);
const SECRET = 'one secret of sixteen and more';
const OLD = 'the secret of before that one';
const BODY = Buffer.from('{"alerts":[],"title":"日本語"}');
const STAMP = String(NOW / 1_000);

const hex = (secret: string, text: string | Buffer): string =>
  createHmac('sha256', secret).update(text).digest('hex');
const proof = (headers: IncomingHttpHeaders, secrets: readonly string[] = [SECRET]): Proof => ({
  headers,
  body: BODY,
  secrets,
  now: NOW,
});

describe('Grafana', () => {
  const signed = (stamp: string, at = NOW): string | null =>
    doubtGrafana({
      ...proof({
        'x-grafana-alerting-signature': hex(SECRET, `${stamp}:${BODY}`),
        'x-grafana-alerting-timestamp': stamp,
      }),
      now: at,
    });

  test('the body alone, or time:body', () => {
    expect(doubtGrafana(proof({ 'x-grafana-alerting-signature': hex(SECRET, BODY) }))).toBeNull();
    expect(signed(STAMP)).toBeNull();
  });

  test.each([
    ['another secret', { 'x-grafana-alerting-signature': hex(OLD, BODY) }],
    ['no signature', {}],
    [
      'a prefix that Grafana does not write',
      { 'x-grafana-alerting-signature': `sha256=${hex(SECRET, BODY)}` },
    ],
    ['an empty one', { 'x-grafana-alerting-signature': '' }],
    [
      'a time that was put beside a signature of the body',
      { 'x-grafana-alerting-signature': hex(SECRET, BODY), 'x-grafana-alerting-timestamp': STAMP },
    ],
    ['a time that was taken away', { 'x-grafana-alerting-signature': hex(SECRET, `${STAMP}:${BODY}`) }],
    [
      'a time that is no number',
      { 'x-grafana-alerting-signature': hex(SECRET, `x:${BODY}`), 'x-grafana-alerting-timestamp': 'x' },
    ],
  ])('%s', (_, headers) => {
    expect(doubtGrafana(proof(headers))).not.toBeNull();
  });

  test('five minutes to either side, and not more', () => {
    expect([-300, 300].map((s) => signed(STAMP, NOW + s * 1_000))).toEqual([null, null]);
    expect([-301, 301].map((s) => signed(STAMP, NOW + s * 1_000))).toEqual(
      Array(2).fill('the signature is too old or of the future'),
    );
  });

  test('two secrets while one is being replaced; none believes nobody', () => {
    const headers = { 'x-grafana-alerting-signature': hex(OLD, BODY) };
    expect(doubtGrafana(proof(headers, [SECRET, OLD]))).toBeNull();
    expect(doubtGrafana(proof(headers, []))).not.toBeNull();
  });
});

describe('PagerDuty', () => {
  const doubt = (header: string): string | null => doubtPagerDuty(proof({ 'x-pagerduty-signature': header }));

  test('one of several signatures fits', () => {
    expect(doubt(`v1=${hex(SECRET, BODY)}`)).toBeNull();
    expect(doubt(`v1=${hex(OLD, BODY)},v1=${hex(SECRET, BODY)}`)).toBeNull();
    expect(doubt(`v1=${hex(OLD, BODY)}, v1=${hex(SECRET, BODY)}`)).toBeNull();
  });

  test('none fits, or none is of version 1', () => {
    expect(doubt(`v1=${hex(OLD, BODY)}`)).toBe('the signature is wrong');
    expect(doubt(`v2=${hex(SECRET, BODY)}`)).toContain('version v1');
    expect(doubt(hex(SECRET, BODY))).toContain('version v1');
    expect(doubt('v1=')).toBe('the signature is wrong');
    expect(doubtPagerDuty(proof({}))).toContain('version v1');
  });
});

describe('Alertmanager', () => {
  const doubt = (authorization?: string): string | null =>
    doubtAlertmanager(proof(authorization === undefined ? {} : { authorization }));
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

  test('a bearer token, or a password with any user', () => {
    const token = 'abcdefgh:ijklmnop';
    const headers = [
      `Bearer ${token}`,
      `bearer ${token}`,
      basic(`alertmanager:${token}`),
      basic(`:${token}`),
    ];
    for (const authorization of headers)
      expect(doubtAlertmanager(proof({ authorization }, [token]))).toBeNull();
  });

  test.each([
    ['nothing', undefined],
    ['another token', 'Bearer nobody knows'],
    ['an empty token', 'Bearer '],
    ['an empty password', basic('alertmanager:')],
    ['the secret as user', basic(`${SECRET}:`)],
    ['another scheme', `Digest ${SECRET}`],
  ])('%s', (_, header) => {
    expect(doubt(header)).not.toBeNull();
  });
});

describe('any other tool', () => {
  test('signs time and body', () => {
    const headers = (stamp?: string): IncomingHttpHeaders => ({
      'x-agentops-signature': hex(SECRET, stamp === undefined ? BODY : `${stamp}:${BODY}`),
      ...(stamp !== undefined && { 'x-agentops-timestamp': stamp }),
    });
    expect(doubtGeneric(proof(headers(STAMP)))).toBeNull();
    expect(doubtGeneric(proof(headers()))).toContain('the time');
    expect(doubtGeneric(proof(headers(String(NOW / 1_000 - 301))))).toContain('too old');
  });
});
