#!/usr/bin/env bash
# Makes secrets/ and .env beside this file: random, readable by the containers' users only through their mounts.
# Refuses to replace what is there.
set -euo pipefail
cd "$(dirname "$0")"
if [[ -e .env || -e secrets ]]; then
  echo "there is an .env or a secrets/ already: move it away first" >&2
  exit 1
fi
umask 077
mkdir secrets
secret() { openssl rand -hex 24 | tr -d '\n' > "secrets/$1"; }
digest() { sha256sum < "secrets/$1" | cut -d ' ' -f 1; }
for name in admin writer grafana analyst senders grafana_admin; do secret "$name"; done
openssl rand -hex 32 | tr -d '\n' > secrets/pipeline
# Compose mounts them as they are: the containers run as other users.
chmod 755 secrets
chmod 444 secrets/*
cat > .env <<END
KAFKA_CLUSTER_ID=$(openssl rand -base64 16 | tr '+/' '-_' | cut -c 1-22)
AGENTOPS_WRITER_SHA256=$(digest writer)
AGENTOPS_GRAFANA_SHA256=$(digest grafana)
AGENTOPS_ANALYST_SHA256=$(digest analyst)
AGENTOPS_ADMIN_SHA256=$(digest admin)
AGENTOPS_GRAFANA_PASSWORD=$(cat secrets/grafana)
AGENTOPS_DIGEST_KEY=$(openssl rand -hex 32)
AGENTOPS_RETENTION_DAYS=400
AGENTOPS_REGISTRY=../../registry/company
END
echo "written: .env and secrets/. Agents send with the token of secrets/senders, analysts log in with that of secrets/analyst."
