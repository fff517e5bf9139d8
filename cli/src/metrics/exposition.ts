/** Labels in the order in which they are written. */
export type MetricLabels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: MetricLabels;
  /** A decimal: exact amounts stay exact until whoever reads makes a number of them. */
  readonly value: string;
}

export interface Family {
  /** Without `_total` or `_info`. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'info';
  readonly help: string;
  readonly samples: readonly Sample[];
}

export const CONTENT_TYPES = {
  openmetrics: 'application/openmetrics-text; version=1.0.0',
  text: 'text/plain; version=0.0.4',
} as const;
export type Format = keyof typeof CONTENT_TYPES;

/** The format that a reader asks for: OpenMetrics 1.0 where it knows that, else Prometheus’s text format 0.0.4. */
export function formatFor(accept: string | undefined): Format {
  return accept?.includes('application/openmetrics-text') ? 'openmetrics' : 'text';
}

/** Metrics as text: a family without samples is left out. */
export function exposition(families: readonly Family[], format: Format): string {
  const shown = families.filter(({ samples }) => samples.length > 0);
  const text = shown.map((family) => familyText(family, format)).join('');
  return format === 'openmetrics' ? `${text}# EOF\n` : text;
}

const SUFFIX = { counter: '_total', gauge: '', info: '_info' } as const;

function familyText({ name, type, help, samples }: Family, format: Format): string {
  const sampled = `${name}${SUFFIX[type]}`;
  const isOpen = format === 'openmetrics';
  // OpenMetrics names a family without the suffix of its samples; in the older format there is no such family, and no info.
  const family = isOpen ? name : sampled;
  const kind = !isOpen && type === 'info' ? 'gauge' : type;
  const lines = samples.map(({ labels, value }) => `${sampled}${labelText(labels)} ${value}\n`);
  return `# HELP ${family} ${escapeHelp(help, isOpen)}\n# TYPE ${family} ${kind}\n${lines.join('')}`;
}

function labelText(labels: MetricLabels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeValue(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escapeValue = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

/** Quotes are escaped in OpenMetrics only. */
function escapeHelp(text: string, isOpen: boolean): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return isOpen ? escaped.replaceAll('"', '\\"') : escaped;
}
