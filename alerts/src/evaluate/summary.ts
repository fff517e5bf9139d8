import type { Labels } from './instance.ts';

const PLACE = /\{\{\s*(.*?)\s*\}\}/g;
const LABEL = /^\$labels\.(\w+)$/;
const NUMBER = /^printf "%\.(\d)f" \$value$/;

/**
 * The sentence of an alert, with its labels and its value filled in. Knows what the catalogue writes of Go's templates:
 * a label, and the value to so many decimals; throws for anything else.
 */
export function renderSummary(template: string, labels: Labels, value: number | null): string {
  return template.replace(PLACE, (_, expression: string) => {
    const label = LABEL.exec(expression)?.[1];
    if (label !== undefined) return labels[label] ?? '';
    const decimals = NUMBER.exec(expression)?.[1];
    if (decimals === undefined) throw new Error(`a summary cannot say {{ ${expression} }}`);
    return value === null ? 'an unknown number of' : value.toFixed(Number(decimals));
  });
}
