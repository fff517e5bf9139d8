import type { Verdict } from '@agentops/processor';
import type { Access } from '../access.ts';

/** What became of verdicts. */
export interface Joined {
  /** The tasks that they judge, as they stand now. */
  readonly tasks: readonly JudgedTask[];
  /** Names of tasks that have not arrived: their verdicts are kept until they do. */
  readonly waiting: readonly string[];
  /** Names that hold personal data: stored as pseudonyms, which only the store can tell. */
  readonly pseudonyms: number;
}

export interface JudgedTask {
  readonly task_id: string;
  readonly task_ref: string;
  readonly environment: string;
  readonly outcome: string;
}

/** Names per question: far below what a request of the store may hold. */
const BATCH = 5000;

export async function readJoined(
  access: Pick<Access, 'query'>,
  verdicts: readonly Pick<Verdict, 'taskId' | 'taskRef'>[],
): Promise<Joined> {
  const names = [...new Set(verdicts.map(({ taskId, taskRef }) => taskId || taskRef))];
  const tasks: JudgedTask[] = [];
  const found = new Set<string>();
  const waiting = new Set<string>();
  for (let i = 0; i < names.length; i += BATCH) {
    const params = { names: names.slice(i, i + BATCH) };
    const judged = await access.query<JudgedTask>(
      `SELECT task_id, task_ref, environment, outcome FROM agentops.task_outcomes
       WHERE task_id IN {names:Array(String)} OR task_ref IN {names:Array(String)} ORDER BY task_id, environment`,
      params,
    );
    for (const task of judged) {
      tasks.push(task);
      found.add(task.task_id).add(task.task_ref);
    }
    const missing = await access.query<{ name: string }>(
      `SELECT DISTINCT if(task_id = '', task_ref, task_id) AS name FROM agentops.task_verdicts
       WHERE joined = 0 AND name IN {names:Array(String)}`,
      params,
    );
    for (const { name } of missing) if (!found.has(name)) waiting.add(name);
  }
  const known = names.filter((name) => found.has(name) || waiting.has(name)).length;
  return { tasks, waiting: [...waiting], pseudonyms: names.length - known };
}
