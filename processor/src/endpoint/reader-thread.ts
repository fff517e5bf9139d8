import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadAnswer, ThreadQuery, ThreadSetup } from './readers.ts';

/**
 * A thread that asks the engine one query at a time, each in a session of its own: nothing that one sets or loses reaches
 * the next. The call blocks this thread and no other; libuv's few threads stay for files and the pipeline's inserts.
 */
const { db } = workerData as ThreadSetup;
const { Session } = createRequire(import.meta.url)('chdb') as typeof import('chdb');
const port = parentPort!;
let session = new Session(db);

port.on('message', (query: ThreadQuery | null) => {
  if (query === null) {
    session.close();
    port.close();
    return;
  }
  let answer: ThreadAnswer;
  try {
    session.query(query.preamble, 'TabSeparated');
    session.query(query.sql, 'TabSeparated');
    answer = { error: null };
  } catch (error) {
    answer = { error: (error as Error).message };
  }
  port.postMessage(answer);
  session.close();
  session = new Session(db);
});
