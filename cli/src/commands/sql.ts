import { openAccess } from '../access.ts';

export async function sql(query: string, options: { data: string; format: string }): Promise<void> {
  const access = await openAccess(options.data);
  try {
    const answer = await access.text(query, options.format);
    process.stdout.write(answer.endsWith('\n') || answer === '' ? answer : `${answer}\n`);
  } finally {
    await access.close();
  }
}
