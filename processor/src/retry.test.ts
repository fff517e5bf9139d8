import { describe, expect, test } from 'vitest';
import { persist } from './retry.ts';

const failing = (times: number): (() => Promise<string>) => {
  let left = times;
  return async () => {
    if (left-- > 0) throw new Error(`${left} more`);
    return 'done';
  };
};

describe('persist', () => {
  test('reports each error, then that it works again', async () => {
    const heard: unknown[] = [];
    const done = await persist(failing(2), {
      onError: ({ message }, attempt) => heard.push([attempt, message]),
      onRecovery: () => heard.push('works'),
    });
    expect(done).toBe('done');
    expect(heard).toEqual([[1, '1 more'], [2, '0 more'], 'works']);
  });

  test('says nothing of recovery when nothing failed', async () => {
    const heard: string[] = [];
    await persist(failing(0), { onRecovery: () => heard.push('works') });
    expect(heard).toEqual([]);
  });

  test('throws the last error after so many attempts', async () => {
    await expect(persist(failing(3), { attempts: 2 })).rejects.toThrow('1 more');
    await expect(persist(failing(1), { attempts: 1 })).rejects.toThrow('0 more');
  });

  test('throws at once what no attempt mends', async () => {
    let attempts = 0;
    const trying = persist(() => Promise.reject(new Error(`attempt ${++attempts}`)), {
      isFinal: ({ message }) => message === 'attempt 2',
    });
    await expect(trying).rejects.toThrow('attempt 2');
  });

  test('tries once more when it is told to end, and gives up', async () => {
    const ending = new AbortController();
    let attempts = 0;
    const trying = persist(
      () => {
        attempts++;
        return Promise.reject(new Error(`attempt ${attempts}`));
      },
      { signal: ending.signal, onError: () => ending.abort() },
    );
    await expect(trying).rejects.toThrow('attempt 2');
  });
});
