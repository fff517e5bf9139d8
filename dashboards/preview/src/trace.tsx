import { type DataFrame, formattedValueToString, getValueFormat } from '@grafana/data';
import { useTheme2 } from '@grafana/ui';
import type { ReactElement } from 'react';
import './trace.css';
import { inOrder } from './trace-order.ts';

interface Span {
  readonly id: string;
  readonly parent: string;
  readonly service: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly start: number;
  /** Milliseconds. */
  readonly duration: number;
  readonly failed: boolean;
  readonly tags: readonly Tag[];
}

interface Tag {
  readonly key: string;
  readonly value: string;
}

/** Grafana's names of the columns that a trace has; see the documentation of its ClickHouse data source. */
function spansOf(frame: DataFrame): Span[] {
  const column = (name: string): readonly unknown[] =>
    frame.fields.find((field) => field.name === name)?.values ?? [];
  const [ids, parents, services, names] = ['spanID', 'parentSpanID', 'serviceName', 'operationName'].map(
    column,
  );
  const [starts, durations, codes] = ['startTime', 'duration', 'statusCode'].map(column);
  const tags = column('tags');
  return Array.from({ length: frame.length }, (_, row) => ({
    id: String(ids![row]),
    parent: String(parents![row] ?? ''),
    service: String(services![row] ?? ''),
    name: String(names![row] ?? ''),
    start: Number(starts![row]),
    duration: Number(durations![row]),
    failed: Number(codes![row]) === 2,
    tags: JSON.parse(String(tags[row] ?? '[]')) as Tag[],
  }));
}

const time = (ms: number): string => formattedValueToString(getValueFormat('ms')(ms, 1));

/** A waterfall: a row for each span, which opens to what it says of itself. */
export function Waterfall({
  frame,
  height,
}: {
  readonly frame: DataFrame;
  readonly height: number;
}): ReactElement {
  const theme = useTheme2();
  const spans = spansOf(frame);
  const begin = Math.min(...spans.map(({ start }) => start));
  const whole = Math.max(...spans.map(({ start, duration }) => start + duration)) - begin || 1;
  const percent = (ms: number): string => `${((100 * ms) / whole).toFixed(3)}%`;
  return (
    <div className="waterfall" style={{ height }}>
      <p className="waterfall-sum">
        {spans.length} spans in {time(whole)}
      </p>
      {inOrder(spans).map(({ index, depth }) => {
        const { id, service, name, start, duration, failed, tags } = spans[index]!;
        const color = failed ? theme.colors.error.main : theme.visualization.getColorByName('blue');
        return (
          <details key={id}>
            <summary>
              <span className="waterfall-name" style={{ paddingLeft: depth * 14 }}>
                {failed && <span style={{ color: theme.colors.error.text }}>failed </span>}
                {name} <small>{service}</small>
              </span>
              <span className="waterfall-lane">
                <span
                  style={{ marginLeft: percent(start - begin), width: percent(duration), background: color }}
                />
              </span>
              <span className="waterfall-time">{time(duration)}</span>
            </summary>
            <dl>
              <dt>after</dt>
              <dd>{time(start - begin)}</dd>
              {tags.map(({ key, value }) => [<dt key={key}>{key}</dt>, <dd key={`${key}=`}>{value}</dd>])}
            </dl>
          </details>
        );
      })}
    </div>
  );
}
