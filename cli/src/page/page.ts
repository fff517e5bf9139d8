import type { PageOptions } from './server.ts';

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** The start page: what runs where, what has come in, what to do next. No resource from anywhere else. */
export function pageHtml({ dataDir, registryDir, otlpUrl }: PageOptions): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>agentops</title>
<link rel="stylesheet" href="/page.css">
<script src="/page.js" defer></script>
</head>
<body>
<header>
  <h1>agentops</h1>
  <p id="state" role="status">reading the store …</p>
</header>
<main>
  <section class="tiles" aria-label="Live counts">
    <div><dt>received</dt><dd id="received">–</dd><small id="received-note"></small></div>
    <div><dt>tasks</dt><dd id="tasks">–</dd><small id="tasks-note"></small></div>
    <div><dt>success</dt><dd id="success">–</dd><small id="success-note">of judged tasks</small></div>
    <div><dt>cost</dt><dd id="cost">–</dd><small id="cost-note"></small></div>
    <div><dt>freshness</dt><dd id="freshness">–</dd><small>receipt to SQL</small></div>
    <div><dt>conservation</dt><dd id="balance">–</dd><small>items unaccounted for</small></div>
  </section>
  <div class="columns">
    <section>
      <h2>Agents</h2>
      <table><thead><tr><th>agent</th><th>stage</th><th class="n">tasks</th><th class="n">success</th><th class="n">cost</th></tr></thead><tbody id="agents"></tbody></table>
      <p class="empty" id="agents-empty" hidden>No agent has been seen yet.</p>
    </section>
    <section>
      <h2>Cost by department</h2>
      <table><thead><tr><th>department</th><th class="n">cost</th><th class="n">unpriced</th></tr></thead><tbody id="departments"></tbody></table>
      <h2>What runs where</h2>
      <dl class="where">
        <dt>OTLP/HTTP</dt><dd><code>${escapeHtml(otlpUrl)}</code></dd>
        <dt>data</dt><dd><code>${escapeHtml(dataDir)}</code></dd>
        <dt>registry</dt><dd><code>${escapeHtml(registryDir ?? 'none: every agent is unregistered')}</code></dd>
        <dt>memory</dt><dd id="memory">–</dd>
      </dl>
    </section>
  </div>
  <section>
    <h2>Send telemetry</h2>
    <p>Any OpenTelemetry SDK that speaks OTLP over HTTP:</p>
    <pre><code>export OTEL_EXPORTER_OTLP_ENDPOINT=${escapeHtml(otlpUrl)}
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
export OTEL_SERVICE_NAME=my-agent</code></pre>
    <p>Then ask:</p>
    <pre><code>npx agentops report --data ${escapeHtml(dataDir)}
npx agentops sql --data ${escapeHtml(dataDir)} "SELECT department, sum(cost) FROM agentops.cost_entries GROUP BY department"</code></pre>
  </section>
</main>
</body>
</html>
`;
}

export const pageStyle = `
:root { color-scheme: light dark; --ink: #16202b; --soft: #5d6b7a; --line: #dde3ea; --back: #f6f8fa; --card: #fff; --good: #177245; --bad: #b42318; --warn: #9a6700; --accent: #1f5fbf; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf1; --soft: #93a1b1; --line: #2a333e; --back: #10151b; --card: #171e26; --good: #4cc38a; --bad: #ff8278; --warn: #e3b341; --accent: #79aefc; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
header, main { max-width: 1080px; margin: 0 auto; padding: 0 20px; }
header { display: flex; align-items: baseline; gap: 16px; padding-top: 28px; }
h1 { font-size: 24px; margin: 0; letter-spacing: -.02em; }
h2 { font-size: 13px; text-transform: uppercase; letter-spacing: .06em; color: var(--soft); margin: 28px 0 8px; }
header p { color: var(--soft); margin: 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin-top: 20px; }
.tiles div { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 14px; }
.tiles dt { color: var(--soft); font-size: 13px; }
.tiles dd { margin: 2px 0 0; font-size: 24px; font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
.tiles small { color: var(--soft); }
.columns { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 28px; }
@media (max-width: 760px) { .columns { grid-template-columns: minmax(0, 1fr); gap: 0; } }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 6px 8px; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 500; font-size: 13px; }
.n { text-align: right; }
td:first-child { overflow-wrap: anywhere; }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); } .soft, .empty { color: var(--soft); }
.where { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 4px 14px; margin: 0; }
.where dt { color: var(--soft); } .where dd { margin: 0; overflow-wrap: anywhere; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 14px; overflow-x: auto; }
code { font: 13px/1.5 ui-monospace, monospace; }
main { padding-bottom: 48px; }
`;

export const pageScript = `
const at = (id) => document.getElementById(id);
const number = (n) => Number(n).toLocaleString('en-US');
const share = (part, whole) => whole > 0 ? (100 * part / whole).toFixed(1) + ' %' : '–';
const time = (ms) => ms < 1000 ? Math.round(ms) + ' ms' : (ms / 1000).toFixed(1) + ' s';
function money(amount, currency) {
  if (amount === null || amount === undefined) return '–';
  return Number(amount).toLocaleString('en-US', { maximumFractionDigits: 2, minimumFractionDigits: 2 }) + ' ' + currency;
}
function row(cells) {
  const tr = document.createElement('tr');
  for (const [text, style] of cells) {
    const td = document.createElement('td');
    td.textContent = text;
    if (style) td.className = style;
    tr.append(td);
  }
  return tr;
}
function show(status) {
  const sum = (rows, key) => rows.reduce((n, r) => n + Number(r[key] ?? 0), 0);
  const tasks = sum(status.outcomes, 'tasks');
  const open = sum(status.outcomes.filter((o) => o.outcome === 'open'), 'tasks');
  const unknown = sum(status.outcomes.filter((o) => o.outcome === 'unknown'), 'tasks');
  const success = sum(status.outcomes.filter((o) => o.outcome === 'success'), 'tasks');
  const judged = tasks - open - unknown;
  at('received').textContent = number(status.received);
  at('received-note').textContent = number(status.deadLetters) + ' dead letters, ' + number(status.dropped) + ' foreign';
  at('tasks').textContent = number(tasks);
  at('tasks-note').textContent = number(unknown) + ' unknown, ' + number(open) + ' open';
  at('success').textContent = share(success, judged);
  at('success-note').textContent = 'of ' + number(judged) + ' judged tasks';
  at('cost').textContent = money(sum(status.departments, 'total_cost'), status.currency);
  const unpriced = sum(status.departments, 'unpriced');
  at('cost-note').textContent = unpriced > 0 ? number(unpriced) + ' calls unpriced' : 'list prices';
  at('freshness').textContent = status.received > 0 ? time(status.freshnessMs) : '–';
  at('balance').textContent = number(status.balance);
  at('balance').className = status.balance === 0 ? 'good' : 'bad';
  at('memory').textContent = (status.memoryBytes / 1048576).toFixed(0) + ' MiB';
  at('agents').replaceChildren(...status.agents.map((a) => row([
    [a.agent, Number(a.registered) === 1 ? '' : 'warn'],
    [a.stage || '–', a.stage === 'retired' ? 'bad' : 'soft'],
    [number(a.tasks), 'n'],
    [share(Number(a.success), Number(a.judged)), 'n'],
    [money(a.total_cost, status.currency), 'n'],
  ])));
  at('agents-empty').hidden = status.agents.length > 0;
  at('departments').replaceChildren(...status.departments.map((d) => row([
    [d.department || '(unattributed)', d.department ? '' : 'soft'],
    [money(d.total_cost, status.currency), 'n'],
    [number(d.unpriced), Number(d.unpriced) > 0 ? 'n warn' : 'n'],
  ])));
}
async function poll() {
  try {
    const answer = await fetch('/api/status');
    if (!answer.ok) throw new Error(await answer.text());
    show(await answer.json());
    at('state').textContent = 'live';
    at('state').className = 'good';
  } catch (error) {
    at('state').textContent = 'not reachable: ' + error.message;
    at('state').className = 'bad';
  }
  setTimeout(poll, 2000);
}
poll();
`;
