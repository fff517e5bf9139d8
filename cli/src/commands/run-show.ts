import { openAccess } from '../access.ts';
import { usageError } from '../output/fail.ts';
import { readTask } from '../run/read.ts';
import { renderTask } from '../run/render.ts';

export async function runShow(
  id: string,
  options: { data: string; content?: boolean; json?: boolean },
): Promise<void> {
  if (id.trim() === '') throw usageError('name a task, a reference, a run or a trace');
  const access = await openAccess(options.data);
  try {
    const shown = await readTask(access, id, options.content ?? false);
    process.stdout.write(`${options.json ? JSON.stringify(shown, null, 2) : renderTask(shown)}\n`);
  } finally {
    await access.close();
  }
}
