import { expect, test } from 'vitest';
import { createWatchdog } from './watchdog.ts';

const WAITS = { waiting: true, storeWorks: true };
const IDLE = { waiting: false, storeWorks: true };
const REFUSED = { waiting: true, storeWorks: false };

test('records that wait without any progress are standing still, after so long', () => {
  const dog = createWatchdog(100, 0);
  expect([dog.look(50, WAITS), dog.look(100, WAITS), dog.look(101, WAITS)]).toEqual([false, false, true]);
  dog.progressed(110);
  expect([dog.look(200, WAITS), dog.look(211, WAITS)]).toEqual([false, true]);
});

test('nothing to do is no standing still, however long', () => {
  const dog = createWatchdog(100, 0);
  for (let now = 10; now < 1_000; now += 10) expect(dog.look(now, IDLE)).toBe(false);
  expect(dog.waitingMs(1_000)).toBe(0);
});

test('a store that refuses is waited for; once it works, half of the time is left', () => {
  const dog = createWatchdog(100, 0);
  for (let now = 10; now <= 1_000; now += 10) expect(dog.look(now, REFUSED)).toBe(false);
  expect([dog.look(1_050, WAITS), dog.look(1_051, WAITS)]).toEqual([false, true]);
});

test('how long records wait is told while they do', () => {
  const dog = createWatchdog(100, 0);
  dog.look(40, REFUSED);
  dog.look(50, WAITS);
  expect(dog.waitingMs(70)).toBe(30);
  dog.progressed(80);
  expect(dog.waitingMs(90)).toBe(0);
});
