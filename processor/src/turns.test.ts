import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

/** A promise and the way to settle it. */
function open(): { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } {
  let settle: [() => void, (error: Error) => void] = [() => {}, () => {}];
  const promise = new Promise<void>((resolve, reject) => {
    settle = [resolve, reject];
  });
  return { promise, resolve: settle[0], reject: settle[1] };
}

test('one at a time, in the order of asking', async () => {
  const turns = createTurns();
  const first = open();
  const order: string[] = [];
  const one = turns.take(async () => {
    await first.promise;
    order.push('one');
  });
  const two = turns.take(async () => {
    order.push('two');
  });
  first.resolve();
  await Promise.all([two, one]);
  expect(order).toEqual(['one', 'two']);
});

test('reading back waits for the writes of all', async () => {
  const turns = createTurns();
  const order: string[] = [];
  const rows = [open(), open()];
  const writes = rows.map(({ promise }, i) =>
    turns.write(() => promise).then(() => void order.push(`written ${i}`)),
  );
  const reading = turns.take(async () => {
    await turns.written();
    order.push('read');
  });
  rows[1]!.resolve();
  await writes[1];
  rows[0]!.resolve();
  await reading;
  expect(order).toEqual(['written 1', 'written 0', 'read']);
});

test.each([
  ['a turn', (turns: ReturnType<typeof createTurns>, fails: () => Promise<void>) => turns.take(fails)],
  ['a write', (turns: ReturnType<typeof createTurns>, fails: () => Promise<void>) => turns.write(fails)],
])('after %s that failed, nobody goes on with the state', async (_, act) => {
  const turns = createTurns();
  await expect(act(turns, () => Promise.reject(new Error('half done')))).rejects.toThrow('half done');
  expect(turns.failure).toMatchObject({ message: 'half done' });
  let went = false;
  const go = async (): Promise<void> => {
    went = true;
  };
  await expect(turns.take(go)).rejects.toThrow('half done');
  await expect(turns.write(go)).rejects.toThrow('half done');
  expect(went).toBe(false);
});
