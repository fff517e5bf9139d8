import { count } from '../output/numbers.ts';
import { bold, dim, green, red, yellow } from '../output/style.ts';
import type { FileChange, PartChange, Plan, RegistryChange } from './plan.ts';

/** Parts of a file that are named; a change of the organisation may touch all. */
const PARTS = 12;
const WIDEST = 90;

export function renderPlan(plan: Plan): string {
  if (isEmpty(plan)) return `${green('ok')}  the two registries say the same`;
  const lines: string[] = [];
  for (const change of plan.registry) {
    const mark = change.loosens === null ? ' ' : red('!');
    const why =
      change.loosens === null ? '' : `  ${yellow(`loosens: ${change.loosens}; asks ${asked(change)}`)}`;
    lines.push(`${mark} ${bold(change.subject)} ${change.path}: ${fromTo(change)}${why}`);
  }
  if (plan.files.length > 0) lines.push('', bold(`${count(plan.files.length)} generated files change`));
  for (const file of plan.files) {
    lines.push(`${file.what.padEnd(8)} ${file.path}`);
    for (const part of shown(file)) lines.push(dim(`           ${partText(part)}`));
    if (file.parts.length > PARTS) lines.push(dim(`           and ${count(file.parts.length - PARTS)} more`));
  }
  lines.push('', summary(plan));
  return lines.join('\n');
}

/** For a pull request. */
export function planMarkdown(plan: Plan): string {
  if (isEmpty(plan)) return '**Registry plan**: nothing changes.\n';
  const lines = [`### Registry plan`, '', summary(plan), ''];
  if (plan.registry.length > 0) {
    lines.push('| | entry | what | before | after |', '|---|---|---|---|---|');
    for (const change of plan.registry) {
      const { subject, path, before, after, loosens } = change;
      const what = loosens === null ? path : `${path}<br>**loosens: ${loosens}**<br>asks ${asked(change)}`;
      lines.push(
        `| ${loosens === null ? '' : '⚠'} | ${cell(subject)} | ${cell(what)} | ${cell(shorten(before))} | ${cell(shorten(after))} |`,
      );
    }
    lines.push('');
  }
  if (plan.files.length > 0) {
    lines.push('<details><summary>What is generated from it</summary>', '');
    for (const file of plan.files) {
      lines.push(`- ${file.what} \`${file.path}\``);
      for (const part of shown(file)) lines.push(`  - ${partText(part)}`);
      if (file.parts.length > PARTS) lines.push(`  - and ${count(file.parts.length - PARTS)} more`);
    }
    lines.push('', '</details>', '');
  }
  return lines.join('\n');
}

const asked = ({ asks }: RegistryChange): string => asks.join(' and ') || 'nobody';

export const loosened = (plan: Plan): RegistryChange[] =>
  plan.registry.filter(({ loosens }) => loosens !== null);

const isEmpty = (plan: Plan): boolean => plan.registry.length === 0 && plan.files.length === 0;
const shown = (file: FileChange): readonly PartChange[] => file.parts.slice(0, PARTS);

function summary(plan: Plan): string {
  const loose = loosened(plan).length;
  const changes = `${count(plan.registry.length)} changes of the registry, ${count(plan.files.length)} of generated files`;
  return loose === 0 ? `${changes}; nothing is loosened.` : `${changes}; ${count(loose)} loosen something.`;
}

function partText({ name, what, fields }: PartChange): string {
  return what === 'changed' && fields.length > 0
    ? `${name}: ${fields.slice(0, 4).join(', ')}`
    : `${name}: ${what}`;
}

function fromTo({ before, after }: RegistryChange): string {
  if (before === undefined) return `${green('+')} ${shorten(after)}`;
  if (after === undefined) return `${red('−')} ${shorten(before)}`;
  return `${shorten(before)} → ${shorten(after)}`;
}

function shorten(value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
