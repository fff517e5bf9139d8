/**
 * The share of traces that consistent probability sampling kept: `1 − th / 2^56` of `ot=th:<hex>`, its trailing zeros
 * left out (OpenTelemetry, "TraceState: Probability Sampling").
 */
export function sampledShare(traceState: string): number {
  if (traceState === '') return 1;
  const match = /(?:^|,)\s*ot=(?:[^,]*;)?th:([0-9a-f]{1,14})(?:[;,]|$)/.exec(traceState);
  if (match === null) return 1;
  const threshold = Number.parseInt(match[1]!.padEnd(14, '0'), 16);
  return 1 - threshold / 2 ** 56;
}
