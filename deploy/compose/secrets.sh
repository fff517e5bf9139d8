#!/usr/bin/env bash
# Makes secrets/, .env and channels.env beside this file: random, readable by the containers' users only through their mounts.
# Refuses to replace what is there.
set -euo pipefail
cd "$(dirname "$0")"
if [[ -e .env || -e secrets || -e channels.env ]]; then
  echo "there is an .env, a channels.env or a secrets/ already: move it away first" >&2
  exit 1
fi
umask 077
mkdir -p secrets/channels
secret() { openssl rand -hex 24 | tr -d '\n' > "secrets/$1"; }
digest() { sha256sum < "secrets/$1" | cut -d ' ' -f 1; }
for name in admin writer grafana analyst senders grafana_admin; do secret "$name"; done
openssl rand -hex 32 | tr -d '\n' > secrets/pipeline
# What only you know: keys and addresses of the channels that are told, to be filled in. Grafana takes them as variables,
# Alertmanager as files; the names are those of the generated files.
GENERATED=../../alerts/generated
{ grep -oE '\$AGENTOPS_[A-Z0-9_]+' "$GENERATED/grafana/contact-points.yaml" || true; } |
  sort -u | sed 's|^\$\(.*\)$|\1=https://fill.me.in.invalid/|' > channels.env
cat >> channels.env <<'END'
# Mail of Grafana's contact points; Alertmanager has its server in the organisation file.
GF_SMTP_ENABLED=false
GF_SMTP_HOST=smtp.example.com:587
GF_SMTP_FROM_ADDRESS=agents@example.com
END
{ grep -oE '/etc/alertmanager/secrets/[a-z0-9-]+' "$GENERATED/alertmanager/alertmanager.yml" || true; } | sort -u |
  while read -r path; do printf https://fill.me.in.invalid/ > "secrets/channels/${path##*/}"; done
# Compose mounts them as they are: the containers run as other users.
chmod 755 secrets secrets/channels
find secrets -type f -exec chmod 444 {} +
cat > .env <<END
KAFKA_CLUSTER_ID=$(openssl rand -base64 16 | tr '+/' '-_' | cut -c 1-22)
AGENTOPS_WRITER_SHA256=$(digest writer)
AGENTOPS_GRAFANA_SHA256=$(digest grafana)
AGENTOPS_ANALYST_SHA256=$(digest analyst)
AGENTOPS_ADMIN_SHA256=$(digest admin)
AGENTOPS_GRAFANA_PASSWORD=$(cat secrets/grafana)
AGENTOPS_DIGEST_KEY=$(openssl rand -hex 32)
AGENTOPS_RETENTION_DAYS=400
AGENTOPS_GRAFANA_ALERTS=true
AGENTOPS_REGISTRY=../../registry/company
END
echo "written: .env, channels.env and secrets/. Fill in channels.env (or secrets/channels, for Alertmanager). Agents send with the token of secrets/senders, analysts log in with that of secrets/analyst."
