/** A value that the Collector takes from its environment when it starts, read as YAML; `fallback` where it is not set. */
export function env(name: string, fallback?: string): string {
  return `\${env:${name}${fallback === undefined ? '' : `:-${fallback}`}}`;
}
