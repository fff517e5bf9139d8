import {
  cacheFieldDisplayNames,
  type DataFrame,
  FieldColorModeId,
  FieldType,
  type GrafanaTheme2,
  getDisplayProcessor,
  identityOverrideProcessor,
  type PanelData,
  PanelPlugin,
  type PanelProps,
} from '@grafana/data';
import { useMemo } from 'react';
import { PALETTE, PANELS, type Props } from './panels.tsx';

/** Field options that our panels hand on to Grafana's components. */
const CUSTOM = [
  'drawStyle',
  'lineInterpolation',
  'lineWidth',
  'lineStyle',
  'fillOpacity',
  'gradientMode',
  'showPoints',
  'pointSize',
  'spanNulls',
  'insertNulls',
  'stacking',
  'thresholdsStyle',
  'barAlignment',
  'barWidthFactor',
  'axisPlacement',
  'axisLabel',
  'axisGridShow',
  'scaleDistribution',
  'hideFrom',
  'cellOptions',
  'align',
  'width',
  'minWidth',
  'inspect',
  'filterable',
] as const;

/** Panel plugins made of Grafana's published components: the plugins themselves are part of its application. */
export function panelPlugins(theme: GrafanaTheme2): ReadonlyMap<string, PanelPlugin> {
  return new Map(Object.entries(PANELS).map(([id, Panel]) => [id, plugin(id, Panel, theme)]));
}

function plugin(id: string, Panel: (props: Props) => React.ReactElement, theme: GrafanaTheme2): PanelPlugin {
  const made = new PanelPlugin((props: PanelProps) => {
    const { data, timeZone } = props;
    const frames = useMemo(() => prepared(data, id, theme, timeZone), [data, timeZone]);
    return <Panel {...props} frames={frames} />;
  });
  made.meta = {
    id,
    name: id,
    type: 'panel',
    info: { version: '' },
    skipDataQuery: id === 'text',
    module: '',
    baseUrl: '',
  } as unknown as typeof made.meta;
  // biome-ignore lint/correctness/useHookAtTopLevel: no hook, though it is named like one
  made.useFieldConfig({
    standardOptions: {
      color: {
        defaultValue: {
          mode: PALETTE.has(id) ? FieldColorModeId.PaletteClassic : FieldColorModeId.Thresholds,
        },
      },
    } as never,
    useCustomConfig: (builder) => {
      for (const name of CUSTOM) {
        builder.addCustomEditor({
          id: name,
          path: name,
          name,
          editor: () => null,
          override: () => null,
          process: identityOverrideProcessor,
          shouldApply: (field) => name !== 'axisLabel' || field.type === FieldType.number,
        } as never);
      }
    },
  });
  return made;
}

/** Colours of a palette count numeric fields over all frames; names are kept where the table looks for them. */
function prepared(data: PanelData, id: string, theme: GrafanaTheme2, timeZone: string): DataFrame[] {
  const frames = data.series;
  let index = 0;
  for (const frame of frames) {
    for (const field of frame.fields) {
      if (field.type !== FieldType.number || !PALETTE.has(id)) continue;
      field.state = { ...field.state, seriesIndex: index++ };
      field.display = getDisplayProcessor({ field, theme, timeZone });
    }
  }
  cacheFieldDisplayNames(frames);
  return frames;
}
