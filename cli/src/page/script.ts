/** Fills the page from /api/status. Text only: nothing that telemetry says becomes markup. */
export const pageScript = `
const at = (id) => document.getElementById(id);
const number = (n) => Number(n).toLocaleString('en-US');
const share = (part, whole) => whole > 0 ? (100 * part / whole).toFixed(1) + ' %' : '–';
const time = (ms) => ms < 1000 ? Math.round(ms) + ' ms' : (ms / 1000).toFixed(1) + ' s';
const sum = (rows, of) => rows.reduce((total, row) => total + of(row), 0);

const mebibytes = (n) => number(Math.round(n / 1048576)) + ' MiB';

/** Large amounts with the currency's own digits, small ones with enough to be told from nothing. */
function money(amount, currency) {
  if (amount === null) return '–';
  const own = new Intl.NumberFormat('en-US', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;
  const size = Math.abs(amount);
  const digits = size >= 100 ? own : size > 0 && size < 1 ? 4 : 2;
  return Number(amount).toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function say(id, text, style) {
  at(id).textContent = text;
  at(id).className = [at(id).classList.contains('note') ? 'note' : '', style || ''].join(' ').trim();
}

function rows(id, list) {
  at(id).replaceChildren(...list.map((cells) => {
    const tr = document.createElement('tr');
    for (const [text, style] of cells) {
      const td = document.createElement('td');
      td.textContent = text;
      td.className = style || '';
      tr.append(td);
    }
    return tr;
  }));
}

/** The pipeline's state in words, and how bad it is; null while all is well. */
function trouble({ process, storeError }) {
  const { health } = process;
  const since = health.since ? new Date(health.since).toTimeString().slice(0, 8) : '';
  if (health.state === 'failed') return ['The pipeline stopped at ' + since + ': ' + health.error + '. Requests are answered 503; what was accepted waits in the log. Start agentops up again.', 'bad'];
  if (health.state === 'retrying') return ['Store: retrying since ' + since + ' (' + number(health.attempts) + ' attempts), last error: ' + health.error + '. Nothing is lost: what comes in waits in the log.', 'warn'];
  if (storeError) return ['The store does not answer: ' + storeError, 'bad'];
  return null;
}

function showProcess(status) {
  const { process } = status;
  const problem = trouble(status);
  at('trouble').hidden = problem === null;
  if (problem) say('trouble', ...problem);
  say('state', ...({ running: ['live', 'good'], retrying: ['retrying', 'warn'], failed: ['stopped', 'bad'] })[process.health.state]);
  say('freshness', process.received > 0 ? time(process.freshnessMs) : '–');
  say('freshness-note', process.lagRecords > 0 ? number(process.lagRecords) + ' requests waiting' : 'from receipt to SQL');
  say('memory', mebibytes(process.memoryBytes));
  say('wal', mebibytes(process.walBytes) + ' of at most ' + mebibytes(process.walMaxBytes) + ', kept for replay', process.walBytes > 0.9 * process.walMaxBytes ? 'warn' : '');
}

function showStore(status) {
  const outcome = (name) => (status.outcomes.find((o) => o.outcome === name) || { tasks: 0 }).tasks;
  const { items } = status;
  const tasks = sum(status.outcomes, (o) => o.tasks);
  const judged = tasks - outcome('open') - outcome('unknown');
  const unpriced = sum(status.departments, (d) => d.unpriced);
  const strangers = status.agents.filter((a) => !a.registered).length;

  say('tasks', number(tasks));
  say('tasks-note', number(outcome('unknown')) + ' unknown, ' + number(outcome('open')) + ' open');
  say('success', share(outcome('success'), judged));
  say('success-note', number(outcome('success')) + ' of ' + number(judged) + ' judged');
  for (const place of document.querySelectorAll('.currency')) place.textContent = status.currency;
  say('today', money(sum(status.departments, (d) => Number(d.today)), status.currency) + ' ' + status.currency);
  say('today-note', unpriced > 0 ? number(unpriced) + ' calls unpriced in all' : status.timeZone + ', list prices', unpriced > 0 ? 'warn' : '');
  say('received', number(items.received));
  say('received-note', number(items.stored) + ' stored, ' + number(items.duplicates) + ' duplicates');
  say('balance', number(items.unaccounted), items.unaccounted === 0 ? 'good' : 'bad');
  say('balance-note', number(items.deadLetters) + ' dead letters, ' + number(items.dropped) + ' foreign', items.deadLetters > 0 ? 'warn' : '');
  say('registry', status.registry ? 'version ' + status.registry.hash.slice(0, 12) + ', valid from ' + status.registry.validFrom.slice(0, 16) + ' UTC' : 'every agent is unregistered', 'soft');

  at('first').hidden = status.agents.length > 0;
  at('agents-empty').hidden = status.agents.length > 0;
  say('agents-note', number(status.agents.length - strangers) + ' registered, ' + number(strangers) + ' not', strangers > 0 ? 'warn' : '');
  rows('agents', status.agents.slice(0, 20).map((a) => [
    [a.agent, a.registered ? '' : 'warn'],
    [a.registered ? a.stage : '–', a.stage === 'retired' ? 'bad' : 'soft'],
    [number(a.tasks), 'n'],
    [a.judged > 0 ? share(a.success, a.judged) + ' of ' + number(a.judged) : '–', 'n'],
    [money(a.cost, status.currency), 'n'],
  ]));
  rows('departments', status.departments.slice(0, 20).map((d) => [
    [d.department || '(unattributed)', d.department ? '' : 'soft'],
    [money(d.today, status.currency), 'n'],
    [money(d.cost, status.currency), 'n'],
    [number(d.unpriced), d.unpriced > 0 ? 'n warn' : 'n soft'],
  ]));
  rows('outcomes', status.outcomes.filter((o) => o.tasks > 0).map((o) => [
    [o.outcome, ''],
    [number(o.tasks), 'n'],
    [share(o.tasks, tasks), 'n soft'],
  ]));
}

async function poll() {
  let pause = 2000;
  try {
    const answer = await fetch('/api/status');
    if (!answer.ok) throw new Error(await answer.text());
    const status = await answer.json();
    showProcess(status);
    if (status.store) {
      showStore(status.store);
      pause = Math.max(pause, 4 * status.store.tookMs);
    }
  } catch (error) {
    say('state', 'not reachable: ' + error.message, 'bad');
  }
  setTimeout(poll, pause);
}

for (const button of document.querySelectorAll('.copy')) {
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.previousElementSibling.textContent);
    button.textContent = 'copied';
    setTimeout(() => { button.textContent = 'copy'; }, 1500);
  });
}
poll();
`;
