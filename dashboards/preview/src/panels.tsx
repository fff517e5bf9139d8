import {
  type DataFrame,
  type FieldConfigSource,
  formattedValueToString,
  getDisplayValueAlignmentFactors,
  getFieldDisplayName,
  getFieldDisplayValues,
  type PanelProps,
  type VizOrientation,
} from '@grafana/data';
import {
  BarGauge,
  BigValue,
  DataLinksContextMenu,
  TimeSeries,
  TooltipPlugin2,
  useTheme2,
  VizRepeater,
  VizTooltipContent,
  VizTooltipHeader,
  VizTooltipWrapper,
} from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import type { ReactElement } from 'react';
import { renderMarkdown } from './markdown.ts';
import { Waterfall } from './trace.tsx';

/** What a panel of ours gets; `options` are those of the dashboard's JSON. */
// biome-ignore lint/suspicious/noExplicitAny: the options differ by the kind of panel, and are Grafana's
export type Props = Omit<PanelProps<any>, 'data'> & { readonly frames: DataFrame[] };

function nothing(frames: readonly DataFrame[]): boolean {
  return frames.every(({ length }) => length === 0);
}

function Empty({
  frames,
  fieldConfig,
}: {
  readonly frames: readonly DataFrame[];
  readonly fieldConfig: FieldConfigSource;
}): ReactElement {
  const theme = useTheme2();
  const [notice] = frames.flatMap(({ meta }) => meta?.notices ?? []);
  return (
    <p
      style={{
        color: theme.colors.text.secondary,
        textAlign: 'center',
        margin: theme.spacing(1),
        width: '100%',
      }}
    >
      {notice?.text ?? fieldConfig.defaults.noValue ?? 'nothing in this time'}
    </p>
  );
}

function useDisplays({ frames, options, fieldConfig, replaceVariables, timeZone }: Props) {
  const theme = useTheme2();
  return () =>
    getFieldDisplayValues({
      data: frames,
      reduceOptions: options.reduceOptions,
      fieldConfig,
      replaceVariables,
      theme,
      timeZone,
      sparkline: false,
    });
}

export function Stat(props: Props): ReactElement {
  const theme = useTheme2();
  const getValues = useDisplays(props);
  const { frames, options, width, height, fieldConfig } = props;
  if (nothing(frames)) return <Empty frames={frames} fieldConfig={fieldConfig} />;
  return (
    <VizRepeater
      source={frames}
      getValues={getValues}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value, alignmentFactors, width: w, height: h, count }) => (
        <Linked links={value.hasLinks ? value.getLinks?.bind(null, {}) : undefined}>
          <BigValue
            value={value.display}
            count={count}
            colorMode={options.colorMode}
            graphMode={options.graphMode}
            justifyMode={options.justifyMode}
            textMode={options.textMode}
            alignmentFactors={alignmentFactors}
            width={w}
            height={h}
            theme={theme}
          />
        </Linked>
      )}
      renderCounter={0}
      width={width}
      height={height}
      itemSpacing={3}
      autoGrid
      orientation={options.orientation ?? ('auto' as VizOrientation)}
    />
  );
}

// biome-ignore lint/suspicious/noExplicitAny: Grafana's own type of links is not exported under one name
function Linked({ links, children }: { readonly links: any; readonly children: ReactElement }): ReactElement {
  if (links === undefined) return children;
  return <DataLinksContextMenu links={links}>{() => children}</DataLinksContextMenu>;
}

export function Bars(props: Props): ReactElement {
  const theme = useTheme2();
  const getValues = useDisplays(props);
  const { frames, options, width, height, fieldConfig } = props;
  if (nothing(frames)) return <Empty frames={frames} fieldConfig={fieldConfig} />;
  return (
    <VizRepeater
      source={frames}
      getValues={getValues}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value, alignmentFactors, orientation, width: w, height: h, count }) => (
        <BarGauge
          value={value.display}
          width={w}
          height={h}
          orientation={orientation}
          field={value.field}
          display={value.view?.getFieldDisplayProcessor?.(value.colIndex ?? 0)}
          theme={theme}
          itemSpacing={8}
          lcdCellWidth={12}
          displayMode={options.displayMode}
          alignmentFactors={count > 1 ? alignmentFactors : undefined}
          showUnfilled={options.showUnfilled}
          valueDisplayMode={options.valueMode}
          namePlacement={options.namePlacement}
        />
      )}
      renderCounter={0}
      width={width}
      height={height}
      itemSpacing={8}
      autoGrid
      orientation={options.orientation}
    />
  );
}

export function Series({
  frames,
  options,
  width,
  height,
  timeRange,
  timeZone,
  fieldConfig,
}: Props): ReactElement {
  if (nothing(frames)) return <Empty frames={frames} fieldConfig={fieldConfig} />;
  return (
    <TimeSeries
      frames={frames}
      structureRev={frames.length}
      timeRange={timeRange}
      timeZone={timeZone}
      width={width}
      height={height}
      legend={options.legend}
      options={options}
    >
      {(config: Parameters<typeof TooltipPlugin2>[0]['config'], aligned: DataFrame) => (
        <TooltipPlugin2
          config={config}
          hoverMode={options.tooltip?.mode === 'single' ? 0 : 1}
          render={(_plot, at, active, pinned) => {
            const [time, ...series] = aligned.fields;
            const items = series
              .map((field, i) => {
                const shown = field.display!(field.values[at[i + 1] ?? -1]);
                return {
                  label: getFieldDisplayName(field, aligned),
                  value: formattedValueToString(shown),
                  color: shown.color ?? '',
                  colorIndicator: 'series' as const,
                  numeric: shown.numeric,
                  isActive: active === i + 1,
                };
              })
              .filter(({ numeric }) => !Number.isNaN(numeric))
              .sort((a, b) => b.numeric - a.numeric);
            const when = time!.display!(time!.values[at[0] ?? 0]);
            return (
              <VizTooltipWrapper>
                <VizTooltipHeader
                  item={{ label: '', value: formattedValueToString(when) }}
                  isPinned={pinned}
                />
                {/* biome-ignore lint/suspicious/noExplicitAny: the items' type is not exported */}
                <VizTooltipContent items={items as any} isPinned={pinned} />
              </VizTooltipWrapper>
            );
          }}
        />
      )}
    </TimeSeries>
  );
}

export function Table({ frames, options, width, height, timeRange, fieldConfig }: Props): ReactElement {
  const [frame] = frames;
  if (frame === undefined || frame.length === 0) return <Empty frames={frames} fieldConfig={fieldConfig} />;
  return (
    <TableNG
      data={frame}
      width={width}
      height={height}
      noHeader={options.showHeader === false}
      cellHeight={options.cellHeight}
      timeRange={timeRange}
      fieldConfig={fieldConfig}
      initialSortBy={options.sortBy ?? []}
      showTypeIcons={false}
      enableVirtualization={height > 0}
    />
  );
}

export function Trace({ frames, height, fieldConfig }: Props): ReactElement {
  const [frame] = frames;
  if (frame === undefined || frame.length === 0) return <Empty frames={frames} fieldConfig={fieldConfig} />;
  return <Waterfall frame={frame} height={height} />;
}

export function Text({ options, height }: Props): ReactElement {
  const html = renderMarkdown(String(options.content ?? ''));
  return (
    <div
      className="markdown-html"
      style={{ height, overflow: 'auto' }}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: Markdown of our own dashboards, its HTML escaped above
      dangerouslySetInnerHTML={{ __html: html }}
    />
  );
}

/** Series of bars and lines take the colours of a palette, one after the other; other panels those of thresholds. */
export const PALETTE = new Set(['timeseries']);

export const PANELS: Readonly<Record<string, (props: Props) => ReactElement>> = {
  stat: Stat,
  bargauge: Bars,
  timeseries: Series,
  table: Table,
  text: Text,
  traces: Trace,
};
