import { openAccess } from '../access.ts';
import { printableTable } from '../output/text.ts';
import { parseQuestion } from '../statement.ts';

export async function sql(statement: string, options: { data: string; format?: string }): Promise<void> {
  const question = parseQuestion(statement);
  const onTerminal = process.stdout.isTTY === true;
  const format =
    options.format ?? question.format ?? (onTerminal ? 'PrettyCompactMonoBlock' : 'TabSeparatedWithNames');
  const access = await openAccess(options.data);
  try {
    const answer = await access.text(question.sql, format);
    const shown = onTerminal ? printableTable(answer) : answer;
    process.stdout.write(shown === '' || shown.endsWith('\n') ? shown : `${shown}\n`);
  } finally {
    await access.close();
  }
}
