#!/usr/bin/env bash
# Makes the topics of the pipeline, or brings those that are there to these settings. Safe to repeat.
#   BROKERS=kafka:9092 PARTITIONS=12 REPLICAS=3 deploy/kafka/topics.sh
#   COMMAND_CONFIG=/path/client.properties adds TLS and SASL.
# Spans and logs have equal numbers of partitions: a trace's spans and logs go to the same processor.
# The number is never changed later: a trace would be split over two processors. Choose it for years.
set -euo pipefail

BROKERS="${BROKERS:?host:port of a broker}"
PARTITIONS="${PARTITIONS:-12}"
REPLICAS="${REPLICAS:-3}"
RETENTION_MS="${RETENTION_MS:-604800000}"
BIN="${KAFKA_HOME:-/opt/kafka}/bin"
ADMIN=(--bootstrap-server "$BROKERS")
if [[ -n "${COMMAND_CONFIG:-}" ]]; then ADMIN+=(--command-config "$COMMAND_CONFIG"); fi

in_sync=$((REPLICAS > 1 ? REPLICAS - 1 : 1))
settings=(
  "min.insync.replicas=$in_sync"
  "retention.ms=$RETENTION_MS"
  # The Collector sends records of up to 16 MB: a trace's spans of one batch.
  "max.message.bytes=16777216"
  "compression.type=producer"
  "cleanup.policy=delete"
)

topics=(otlp_spans otlp_logs otlp_dead_letters)

for topic in "${topics[@]}"; do
  "$BIN/kafka-topics.sh" "${ADMIN[@]}" --create --if-not-exists --topic "$topic" \
    --partitions "$PARTITIONS" --replication-factor "$REPLICAS"
done

there="$("$BIN/kafka-topics.sh" "${ADMIN[@]}" --describe --topic "$(IFS='|'; echo "${topics[*]}")")"
for topic in "${topics[@]}"; do
  count="$(sed -n "s/^Topic: *$topic\b.*PartitionCount: *\([0-9]*\).*/\1/p" <<< "$there")"
  if [[ "$count" != "$PARTITIONS" ]]; then
    echo "$topic has $count partitions, not $PARTITIONS: it stays as it is" >&2
    exit 1
  fi
done

for topic in "${topics[@]}"; do
  "$BIN/kafka-configs.sh" "${ADMIN[@]}" --alter --entity-type topics --entity-name "$topic" \
    --add-config "$(IFS=,; echo "${settings[*]}")"
done
