import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engine, openEngine } from '../tools/chain.ts';
import { chance } from '../tools/otlp.ts';
import { AGENT, type Amounts, openSite, type Site, task, verdict } from './site.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let engine: Engine;
/** One for all but the last: each test has an agent of its own. */
let site: Site;
beforeAll(async () => {
  engine = openEngine();
  site = await openSite(engine);
});
afterAll(() => engine.close());

async function successes({ totals }: Site, agent = AGENT): Promise<{ events: Amounts; good: Amounts }> {
  const all = await totals();
  const of = (counter: string): Amounts => all.get(`${counter} ${agent} task_success`)!;
  return { events: of('slo_events'), good: of('slo_good') };
}
const amounts = (first: number, late = 0, added = 0, removed = 0): Amounts => ({
  first,
  late,
  added,
  removed,
});

test('events count at their first decision; what is decided otherwise later is a correction, each time', async () => {
  const now = Date.now();
  await site.feed(
    ...['a', 'b', 'c'].map((id) => task({ id, at: now - 5 * MINUTE, outcome: 'success' })),
    task({ id: 'd', at: now - 4 * MINUTE, outcome: 'failure' }),
    // Nobody has judged it yet.
    task({ id: 'e', at: now - 3 * MINUTE }),
  );
  await site.count();
  expect(await successes(site)).toEqual({ events: amounts(4), good: amounts(3) });
  await site.feed(verdict('a', 'failure', now - 2 * MINUTE));
  await site.count();
  expect(await successes(site)).toEqual({ events: amounts(4), good: amounts(3, 0, 0, 1) });
  await site.feed(verdict('a', 'success', now - MINUTE), verdict('e', 'failure', now - MINUTE));
  await site.count();
  expect(await successes(site)).toEqual({ events: amounts(5), good: amounts(3, 0, 1, 1) });
});

test('what was decided long before it is counted is late: of a backlog nobody is called', async () => {
  const now = Date.now();
  const agent = 'customer-support';
  await site.feed(task({ id: 'first', agent, at: now - 5 * MINUTE, outcome: 'success' }));
  await site.count();
  await site.feed(
    ...Array.from({ length: 20 }, (_, i) =>
      task({ id: `late-${i}`, agent, at: now - 3 * HOUR, outcome: 'failure' }),
    ),
  );
  await site.count();
  expect(await successes(site, agent)).toEqual({ events: amounts(1, 20), good: amounts(1) });
  // A verdict that is given now is decided now, however old its task is.
  await site.feed(task({ id: 'old', agent, at: now - 2 * HOUR }), verdict('old', 'success', now - MINUTE));
  await site.count();
  expect(await successes(site, agent)).toEqual({ events: amounts(2, 20), good: amounts(2) });
});

test('costs and circles grow while runs go on', async () => {
  const now = Date.now();
  const agent = 'expense-reimbursement';
  const run = (circles: number, tokens: number) =>
    task({ id: 'loop', agent, at: now - 5 * MINUTE, outcome: 'success', circles, tokens });
  await site.feed(run(12, 0));
  await site.count();
  const before = await site.totals();
  expect(before.get(`loops ${agent}`)).toEqual(amounts(1));
  const wasted = before.get(`wasted_calls ${agent}`)!.first;
  expect(wasted).toBeGreaterThan(3);
  await site.feed(run(20, 100_000));
  await site.count();
  const after = await site.totals();
  expect(after.get(`loops ${agent}`)).toMatchObject({ first: 1 });
  expect(after.get(`wasted_calls ${agent}`)!.first).toBeGreaterThan(wasted);
  expect(after.get(`charges ${agent}`)).toEqual(amounts(1));
  expect(after.get(`cost ${agent}`)!.first).toBeGreaterThan(0);
});

test('agents that nobody has registered are counted together', async () => {
  const now = Date.now();
  await site.feed(
    ...['x', 'y', 'z'].map((agent) => task({ id: agent, agent, at: now - MINUTE, tokens: 1_000 })),
  );
  await site.count();
  const names = [...(await site.totals()).keys()];
  expect(names.filter((name) => /unregistered|[xyz]$/.test(name))).toEqual([
    'charges unregistered',
    'cost unregistered',
  ]);
});

test('whatever comes in, and whenever whoever counts is killed: no counter falls, and all add up to what is stored', async () => {
  const site = await openSite(engine);
  const random = chance(20);
  const now = Date.now();
  const ids: string[] = [];
  const outcome = (): 'success' | 'failure' => (random.next() < 0.5 ? 'failure' : 'success');
  let before = await site.totals();
  for (let round = 0; round < 7; round++) {
    const bodies = Array.from({ length: 4 + random.int(6) }, () => {
      const at = now - random.int(120) * MINUTE;
      if (ids.length > 4 && random.next() < 0.5) return verdict(ids[random.int(ids.length)]!, outcome(), at);
      const id = random.next() < 0.2 && ids.length > 0 ? ids[random.int(ids.length)]! : `t${ids.length}`;
      if (!ids.includes(id)) ids.push(id);
      return task({
        id,
        at: now - (ids.indexOf(id) % 90) * MINUTE,
        circles: random.next() < 0.3 ? 6 + random.int(6) : 0,
        tokens: random.int(2) * 1_000,
        ...(random.next() < 0.7 && { outcome: outcome() }),
      });
    });
    await site.feed(...bodies);
    if (random.next() < 0.5) await site.count(random.int(4));
    else await site.count();
    const after = await site.totals();
    for (const [name, { first, late, added, removed }] of before) {
      const then = after.get(name)!;
      expect({
        round,
        name,
        falls: then.first < first || then.late < late || then.added < added || then.removed < removed,
      }).toEqual({ round, name, falls: false });
    }
    before = after;
  }
  await site.feed();
  await site.count();
  expect(await sums(site)).toEqual(await stored(site));
  const { events, good } = await successes(site);
  expect([events.first, events.late, good.added, good.removed].every((amount) => amount > 0)).toBe(true);
});

const rounded = (amount: number): number => Math.round(amount * 1e9) / 1e9;

/** Counters with their corrections. */
async function sums(site: Site): Promise<Record<string, number>> {
  const all = [...(await site.totals())].filter(([name]) => !name.startsWith('adjustments'));
  return Object.fromEntries(
    all
      .map(
        ([name, { first, late, added, removed }]) => [name, rounded(first + late + added - removed)] as const,
      )
      .filter(([, amount]) => amount !== 0),
  );
}

/** What the store says of the same, asked afresh. */
async function stored({ store }: Site): Promise<Record<string, number>> {
  const rows = await store.query<{ name: string; amount: string }>(
    `SELECT concat(one.1, ' ', agent, if(slo = '', '', concat(' ', slo))) AS name, sum(one.2) AS amount FROM
     (
       SELECT agent, slo, arrayJoin([('slo_events', total), ('slo_good', good)]) AS one FROM {}.slo_events
       WHERE measure = 'share' AND direction != 'none' AND total > 0
       UNION ALL
       SELECT agent, '', arrayJoin([('charges', toFloat64(calls)), ('cost', toFloat64(ifNull(cost, 0))), ('unpriced', toFloat64(unpriced_calls))])
       FROM {}.cost_totals WHERE state != 'superseded'
       UNION ALL
       SELECT agent, '', arrayJoin([('loops', 1.), ('wasted_calls', toFloat64(wasted_calls))]) FROM {}.loop_findings
     ) GROUP BY name HAVING amount != 0`.replaceAll('{}', store.database),
  );
  return Object.fromEntries(rows.map(({ name, amount }) => [name, rounded(Number(amount))]));
}
