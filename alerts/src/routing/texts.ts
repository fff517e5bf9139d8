/**
 * What a person reads of a group of alerts, in Go’s templates as Alertmanager and Grafana both know them: one line, and a
 * sentence with its links for each alert. What has ended is said as such, since its number is that of the end.
 */
export const TITLE =
  '[{{ .Status | toUpper }}{{ if eq .Status "firing" }} {{ .Alerts.Firing | len }}{{ end }}] {{ .CommonAnnotations.title }}';

export const TEXT = [
  '{{ range .Alerts }}{{ if eq .Status "resolved" }}Over: {{ end }}{{ .Annotations.summary }}\n',
  '{{ if .Annotations.dashboard }}Dashboard: {{ .Annotations.dashboard }}\n{{ end }}',
  '{{ if .Annotations.task }}Its worst task: {{ .Annotations.task }}\n{{ end }}',
  'Runbook: {{ .Annotations.runbook_url }}\n{{ end }}',
].join('');
