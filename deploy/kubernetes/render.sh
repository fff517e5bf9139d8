#!/usr/bin/env bash
# Prints everything for `kubectl apply --server-side -f -`: the manifests of this folder, and config maps of what is
# generated and of the registry. Dashboards are larger than what a client-side apply can note down.
#   deploy/kubernetes/render.sh registry/company | kubectl apply --server-side -f -
# With an Alertmanager in place of Grafana's alerting:
#   deploy/kubernetes/render.sh registry/company kubernetes-alertmanager | kubectl apply --server-side -f -
set -euo pipefail
REGISTRY="$(realpath "${1:?the folder of the registry}")"
OVERLAY="${2:-kubernetes}"
cd "$(dirname "$0")/../.."

configmap() {
  local name="$1"
  shift
  echo "---"
  kubectl create configmap "$name" --namespace agentops --dry-run=client --output yaml "$@"
}

kubectl kustomize "deploy/$OVERLAY"
configmap agentops-organisation --from-file="$REGISTRY/organisation.yaml"
configmap agentops-agents --from-file="$REGISTRY/agents"
configmap agentops-collector \
  --from-file=deploy/generated/collector/kafka/collector.yaml --from-file=deploy/generated/collector/listen.yaml
configmap kafka-topics --from-file=deploy/kafka/topics.sh
configmap clickhouse-config --from-file=deploy/clickhouse/config.d
configmap clickhouse-users --from-file=deploy/clickhouse/users.d
for folder in dashboards/generated/*/; do
  name="$(basename "$folder")"
  if [[ "$name" != provisioning ]]; then configmap "grafana-dashboards-$name" --from-file="$folder"; fi
done
configmap grafana-providers --from-file=dashboards/generated/provisioning/dashboards
configmap grafana-datasources --from-file=dashboards/generated/provisioning/datasources
configmap grafana-alerting --from-file=alerts/generated/grafana
configmap grafana-runbooks --from-file=alerts/generated/runbooks
configmap grafana-matrix --from-file=alerts/generated/matrix
if [[ "$OVERLAY" == kubernetes-alertmanager ]]; then
  configmap alertmanager --from-file=alerts/generated/alertmanager/alertmanager.yml
fi
