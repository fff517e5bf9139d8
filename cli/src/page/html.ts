import type { PageOptions } from './server.ts';

/** The start page: what runs where, what has come in, what to do next. Numbers are filled in by its script. */
export function pageHtml({ dataDir, registryDir, otlpUrl, clickhouseUrl, needsToken }: PageOptions): string {
  const environment = [
    `export OTEL_EXPORTER_OTLP_ENDPOINT=${otlpUrl}`,
    'export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
    ...(needsToken ? ['export OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer $TOKEN"'] : []),
    'export OTEL_SERVICE_NAME=my-agent',
  ].join('\n');
  const ask = [
    `npx agentops report --data ${quote(dataDir)}`,
    `npx agentops sql --data ${quote(dataDir)} "SELECT department, sum(cost) AS cost FROM agentops.cost_by_department GROUP BY department"`,
    `curl ${clickhouseUrl} --data-binary "SELECT agent, count() FROM task_outcomes GROUP BY agent FORMAT PrettyCompact"`,
  ].join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>agentops</title>
<link rel="stylesheet" href="/page.css">
<script src="/page.js" defer></script>
</head>
<body>
<header>
  <h1>agentops</h1>
  <p><a href="/d/agentops-fleet">dashboards</a> · <a href="/alerts">alerts</a></p>
  <p id="state" role="status">reading the store …</p>
</header>
<main>
  <p id="trouble" role="alert" hidden></p>
  <section class="tiles" aria-label="Live counts">
    ${tile('tasks', 'tasks')}
    ${tile('success', 'task success')}
    ${tile('today', 'cost today')}
    ${tile('received', 'items received')}
    ${tile('freshness', 'freshness')}
    ${tile('balance', 'unaccounted for')}
  </section>
  <section id="first" hidden>
    <h2>Send a first span</h2>
    <p>A model call by hand; it appears here within seconds, with tokens and a price.</p>
    ${snippet(firstSpan(otlpUrl, needsToken))}
  </section>
  <div class="columns">
    <section>
      <h2>Agents <span class="note" id="agents-note"></span></h2>
      <table>
        <thead><tr><th>agent</th><th>stage</th><th class="n">tasks</th><th class="n">success</th><th class="n">cost <span class="currency"></span></th></tr></thead>
        <tbody id="agents"></tbody>
      </table>
      <p class="soft" id="agents-empty" hidden>No agent has been seen yet.</p>
    </section>
    <section>
      <h2>Cost by department <span class="note"><span class="currency"></span>, whose work it was</span></h2>
      <table>
        <thead><tr><th>department</th><th class="n">today</th><th class="n">in all</th><th class="n">unpriced</th></tr></thead>
        <tbody id="departments"></tbody>
      </table>
      <h2>Outcomes</h2>
      <table><tbody id="outcomes"></tbody></table>
    </section>
  </div>
  <div class="columns">
    <section>
      <h2>Send telemetry</h2>
      <p>From any OpenTelemetry SDK that speaks OTLP over HTTP:</p>
      ${snippet(environment)}
      <h2>Ask</h2>
      ${snippet(ask)}
    </section>
    <section>
      <h2>What runs where</h2>
      <dl class="where">
        <dt>OTLP/HTTP</dt><dd><code>${escapeHtml(otlpUrl)}</code></dd>
        <dt>ClickHouse</dt><dd><code>${escapeHtml(clickhouseUrl)}</code></dd>
        <dt>data</dt><dd><code>${escapeHtml(dataDir)}</code></dd>
        <dt>registry</dt><dd><code>${escapeHtml(registryDir ?? 'none')}</code> <span id="registry" class="soft"></span></dd>
        <dt>memory</dt><dd id="memory">–</dd>
        <dt>log</dt><dd id="wal">–</dd>
      </dl>
    </section>
  </div>
</main>
</body>
</html>
`;
}

function tile(id: string, title: string): string {
  return `<dl><dt>${title}</dt><dd id="${id}">–</dd><dd class="note" id="${id}-note">&nbsp;</dd></dl>`;
}

function snippet(text: string): string {
  return `<div class="snippet"><pre><code>${escapeHtml(text)}</code></pre><button type="button" class="copy">copy</button></div>`;
}

/** One model call of 2 s that ended just now, as OTLP/JSON: the shell makes the ids and times. */
function firstSpan(otlpUrl: string, needsToken: boolean): string {
  const attribute = (key: string, value: object): object => ({ key, value });
  const request = {
    resourceSpans: [
      {
        resource: { attributes: [attribute('service.name', { stringValue: 'my-agent' })] },
        scopeSpans: [
          {
            spans: [
              {
                traceId: 'TRACE',
                spanId: 'SPAN',
                name: 'chat gpt-4o-mini',
                kind: 3,
                startTimeUnixNano: 'START',
                endTimeUnixNano: 'END',
                attributes: [
                  attribute('gen_ai.operation.name', { stringValue: 'chat' }),
                  attribute('gen_ai.provider.name', { stringValue: 'openai' }),
                  attribute('gen_ai.agent.name', { stringValue: 'my-agent' }),
                  attribute('gen_ai.request.model', { stringValue: 'gpt-4o-mini' }),
                  attribute('gen_ai.usage.input_tokens', { intValue: '1200' }),
                  attribute('gen_ai.usage.output_tokens', { intValue: '150' }),
                ],
              },
            ],
          },
        ],
      },
    ],
  };
  const body = JSON.stringify(request)
    .replace('TRACE', `'$(openssl rand -hex 16)'`)
    .replace('SPAN', `'$(openssl rand -hex 8)'`)
    .replace('START', `'$(($(date +%s) - 2))'000000000`)
    .replace('END', `'$(date +%s)'000000000`);
  const token = needsToken ? ` \\\n  -H "authorization: Bearer $TOKEN"` : '';
  return `curl ${otlpUrl}/v1/traces -H 'content-type: application/json'${token} \\\n  -d '${body}'`;
}

/** For a shell: quoted where it must be. */
function quote(path: string): string {
  return /^[\w./:@+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
