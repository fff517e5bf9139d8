import { SLI_DEFINITIONS } from './index.ts';
import { SLI_SOURCES } from './sources.ts';
import type { Sli, SliSql } from './types.ts';

/** The SLIs as a page for readers (Markdown). */
export function sliDocument(): string {
  const chapters = [
    ['agents', 'SLIs of agents', 'An objective of the registry may name these.'],
    ['pipeline', 'SLIs of the pipeline', 'How far the numbers above can be trusted.'],
  ] as const;
  return `# Service level indicators

Generated from \`registry/src/sli\` by \`npm run generate\`. Beside every share stands what it covers: an event that
nobody can judge is in no numerator and no denominator, and is shown as missing coverage.

Events of agents stand in the view \`sli_events\`, those that an objective is held against in \`slo_events\`, objectives
with value, interval, coverage and error budget in \`slo_status\`; the pipeline's own in \`pipeline_slis\`.
${chapters
  .map(([scope, title, lead]) => {
    const slis = SLI_DEFINITIONS.filter((sli) => sli.scope === scope);
    return `\n## ${title}\n\n${lead}\n${slis.map(section).join('')}`;
  })
  .join('')}`;
}

const BETTER = {
  higher: 'higher is better',
  lower: 'lower is better',
  none: 'neither way is better: no objective',
} as const;

function section(sli: Sli): string {
  const rows = [
    ['Question', sli.question],
    ['Unit', `${sli.unit}, ${BETTER[sli.direction]}`],
    ['Numerator', sli.numerator],
    ['Denominator', sli.denominator],
    ['Coverage', sli.coverage],
    ...(sli.bound === undefined ? [] : [['Bound', `\`${sli.bound.example}\``] as const]),
  ];
  return `
### ${sli.title}

\`${sli.id}\` — ${sli.definition}

| | |
|---|---|
${rows.map(([name, text]) => `| ${name} | ${text} |`).join('\n')}

\`\`\`sql
${sqlOf(sli)}
\`\`\`
`;
}

/** The SLI over everything that is there, as an analyst writes it. */
function sqlOf({ sql }: Sli): string {
  const { from, where } = SLI_SOURCES[sql.source];
  const condition = where === undefined ? '' : ` WHERE ${where}`;
  return `SELECT ${ratio(sql)} FROM ${from}${condition}`
    .replaceAll('$DATABASE.', '')
    .replace(/\n? +(FROM|LEFT JOIN|WHERE) /g, '\n$1 ');
}

function ratio({ total, good, value }: SliSql): string {
  if (good === undefined) return total === '1' ? `avg(${value})` : `avgIf(${value}, ${total})`;
  return total === '1' ? `avg(${good})` : `sum(${good}) / sum(${total})`;
}
