/** The version whose configuration language the generated files speak; tests run this one. */
const VERSION = 'v0.155.0';
/** Of the modules that are stable by now. */
const STABLE = 'v1.61.0';

const CORE = 'go.opentelemetry.io/collector';
const CONTRIB = 'github.com/open-telemetry/opentelemetry-collector-contrib';

/** For the OpenTelemetry Collector Builder: a Collector of what the generated configurations need, and samplers. */
export function builderManifest(): object {
  const core = (path: string) => ({ gomod: `${CORE}/${path} ${VERSION}` });
  const contrib = (path: string) => ({ gomod: `${CONTRIB}/${path} ${VERSION}` });
  const provider = (name: string) => ({ gomod: `${CORE}/confmap/provider/${name} ${STABLE}` });
  return {
    dist: {
      name: 'otelcol-agentops',
      module: 'agentops.example/otelcol-agentops',
      description: 'OpenTelemetry Collector with the components that AgentOps configures',
      version: VERSION.slice(1),
      output_path: './otelcol-agentops',
    },
    receivers: [core('receiver/otlpreceiver'), contrib('receiver/kafkareceiver')],
    processors: [
      core('processor/memorylimiterprocessor'),
      core('processor/batchprocessor'),
      contrib('processor/transformprocessor'),
      contrib('processor/redactionprocessor'),
      contrib('processor/filterprocessor'),
      contrib('processor/probabilisticsamplerprocessor'),
      contrib('processor/tailsamplingprocessor'),
    ],
    connectors: [core('connector/forwardconnector')],
    exporters: [
      core('exporter/debugexporter'),
      core('exporter/nopexporter'),
      core('exporter/otlphttpexporter'),
      contrib('exporter/kafkaexporter'),
      contrib('exporter/fileexporter'),
    ],
    extensions: [
      contrib('extension/storage/filestorage'),
      contrib('extension/healthcheckextension'),
      contrib('extension/basicauthextension'),
      contrib('extension/bearertokenauthextension'),
    ],
    providers: [provider('envprovider'), provider('fileprovider'), provider('yamlprovider')],
  };
}
