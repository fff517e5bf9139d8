export { createExporter, type Exporter } from './exporter.ts';
export { exposition, type Family, formatFor } from './exposition.ts';
export { keepMetrics } from './keep.ts';
export { countRound, readTotals, type Total } from './keeper.ts';
export { startMetricsServer } from './server.ts';
