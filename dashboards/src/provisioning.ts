import type { GeneratedFile } from '@agentops/registry';
import { FOLDERS } from './build/board.ts';
import { DATA_SOURCE } from './build/query.ts';

/**
 * Grafana's provisioning of the data source and of a folder for each audience. Addresses and passwords come from Grafana's
 * environment: AGENTOPS_CLICKHOUSE_HOST, AGENTOPS_CLICKHOUSE_PORT, AGENTOPS_GRAFANA_PASSWORD.
 */
export function provisioning(): GeneratedFile[] {
  const providers = FOLDERS.map(
    (folder) => `  - name: agentops-${folder.toLowerCase()}
    orgId: 1
    folder: agentops ${folder}
    type: file
    disableDeletion: false
    allowUiUpdates: false
    updateIntervalSeconds: 30
    options:
      path: /etc/grafana/agentops/dashboards/${folder.toLowerCase()}
`,
  );
  return [
    {
      path: 'dashboards/generated/provisioning/dashboards/agentops.yaml',
      text: `apiVersion: 1\nproviders:\n${providers.join('')}`,
    },
    {
      path: 'dashboards/generated/provisioning/datasources/agentops.yaml',
      text: `apiVersion: 1
datasources:
  - name: agentops
    uid: ${DATA_SOURCE.uid}
    type: ${DATA_SOURCE.type}
    access: proxy
    editable: false
    jsonData:
      host: $AGENTOPS_CLICKHOUSE_HOST
      port: $AGENTOPS_CLICKHOUSE_PORT
      protocol: http
      username: grafana
      defaultDatabase: agentops
      dialTimeout: '10'
      queryTimeout: '60'
    secureJsonData:
      password: $AGENTOPS_GRAFANA_PASSWORD
`,
    },
  ];
}
