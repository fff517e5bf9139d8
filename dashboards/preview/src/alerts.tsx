import { type ReactElement, type ReactNode, useEffect, useState } from 'react';
import { type Alert, type Alerts, type OpenAlert, type PastAlert, type Rule, read } from './api.ts';
import { Page } from './page.tsx';
import { between, clock, span } from './times.ts';

const EVERY_MS = 15_000;

/** What fires and who has it, what fired, and how every rule stands. Reads it again while it is looked at. */
export function AlertsPage(): ReactElement {
  const [found, setFound] = useState<Alerts | null>(null);
  const [trouble, setTrouble] = useState('');
  const [now, setNow] = useState(() => new Date().toISOString());
  const [wanted, setWanted] = useState('');
  useEffect(() => {
    document.title = 'Alerts · agentops';
    const gone = new AbortController();
    const look = async (): Promise<void> => {
      if (document.hidden) return;
      try {
        setFound(await read<Alerts>('/api/alerts', gone.signal));
        setTrouble('');
      } catch (error) {
        if (!gone.signal.aborted) setTrouble((error as Error).message);
      }
      setNow(new Date().toISOString());
    };
    void look();
    const timer = setInterval(look, EVERY_MS);
    document.addEventListener('visibilitychange', look);
    return () => {
      gone.abort();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
  const matches = ({ title, alert, of, severity, summary, operator, owner }: Alert): boolean =>
    [title, alert, of, severity, summary, operator, owner]
      .join(' ')
      .toLowerCase()
      .includes(wanted.toLowerCase());
  return (
    <Page>
      <h1>Alerts</h1>
      {trouble !== '' && (
        <p className="notice" role="alert">
          {trouble}
        </p>
      )}
      {found === null ? (
        <p role="status">reading the alerts …</p>
      ) : (
        <>
          <p className="lead" role="status">
            {headline(found)}
          </p>
          {found.evaluators === 0 && (
            <p className="notice">
              Nobody evaluates the rules here. Start <code>agentops up --alerts</code>, or name who is told:{' '}
              <code>--alertmanager URL</code>, <code>--webhook URL</code>.
            </p>
          )}
          <search className="filter">
            <label htmlFor="wanted">Find</label>
            <input
              id="wanted"
              type="search"
              value={wanted}
              placeholder="agent, rule, team or words"
              onChange={(event) => setWanted(event.target.value)}
            />
          </search>
          <Open alerts={found.open.filter(matches)} now={now} />
          <History alerts={found.history.filter(matches)} />
          <Rules rules={found.rules} />
          <h2>Who answers for what</h2>
          <p>
            {found.departments.map(({ id, name }, i) => (
              <span key={id}>
                {i > 0 && ' · '}
                <a href={`/matrix/${id}`}>{name}</a>
              </span>
            ))}
          </p>
        </>
      )}
    </Page>
  );
}

function headline({ open, rules }: Alerts): string {
  const fires = open.filter(({ state, severity }) => state !== 'pending' && severity !== 'info');
  const count = (of: readonly unknown[], one: string): string =>
    `${of.length} ${one}${of.length === 1 ? '' : 's'}`;
  const pages = fires.filter(({ severity }) => severity === 'page');
  const free = pages.filter(({ in_hand }) => in_hand === 0);
  const well = rules.filter(({ state, severity }) => state === 'well' || severity === 'info');
  return [
    count(pages, 'page') + (pages.length > 0 ? `, ${free.length} of them in nobody’s hands` : ''),
    count(
      fires.filter(({ severity }) => severity === 'ticket'),
      'ticket',
    ),
    `${well.length} of ${rules.length} rules are well`,
  ].join(' · ');
}

function Open({
  alerts,
  now,
}: {
  readonly alerts: readonly OpenAlert[];
  readonly now: string;
}): ReactElement {
  const calls = alerts.filter(({ severity }) => severity !== 'info');
  return (
    <section aria-labelledby="open">
      <h2 id="open">Now</h2>
      {calls.length === 0 && <p className="quiet">Nothing fires.</p>}
      <ul className="alerts">
        {calls.map((one) => (
          <li key={one.id || `${one.alert} ${one.of} ${one.since}`} className={`alert tone-${tone(one)}`}>
            <OpenOne one={one} now={now} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function tone({ state, severity, in_hand }: OpenAlert): string {
  if (state === 'pending') return 'pending';
  return in_hand === 1 ? 'held' : severity;
}

function OpenOne({ one, now }: { readonly one: OpenAlert; readonly now: string }): ReactElement {
  const state = { firing: 'fires', recovering: 'ends', pending: 'waits whether it lasts' }[one.state];
  return (
    <article>
      <header>
        <span className="badge">{one.severity || 'pending'}</span>
        <h3>{one.title}</h3>
        {one.of !== '' && <strong>{one.of}</strong>}
        <span className="quiet">
          {state}, since <time dateTime={one.since}>{clock(one.since)}</time>, {span(between(one.since, now))}
        </span>
      </header>
      <p className="said">{one.summary}</p>
      <dl className="facts">
        <Fact name="measured">
          {one.value === null ? '' : Number(one.value.toPrecision(4)).toLocaleString()}
        </Fact>
        <Fact name="on call">{one.operator}</Fact>
        <Fact name="owner">{one.owner}</Fact>
        <Fact name="called">{one.called.join(', then ')}</Fact>
        <Fact name="taken by">
          {one.acknowledged_at === null ? (
            one.state === 'pending' ? (
              ''
            ) : (
              'nobody'
            )
          ) : (
            <Taken one={one} isHeld={one.in_hand === 1} />
          )}
        </Fact>
      </dl>
      <footer>
        <a href={`/d/${one.dashboard}${agentOf(one)}`}>dashboard</a>
        {one.agent !== '' && <a href={`/d/agentops-run${agentOf(one)}`}>its worst task</a>}
        <a href={`/runbooks/${one.alert}`}>runbook</a>
        {one.id !== '' && one.in_hand === 0 && <code>agentops alerts ack {one.id} --by NAME</code>}
      </footer>
    </article>
  );
}

const agentOf = ({ agent }: Alert): string => (agent === '' ? '' : `?var-agent=${encodeURIComponent(agent)}`);

function Taken({ one, isHeld }: { readonly one: Alert; readonly isHeld: boolean }): ReactElement {
  const after =
    one.notified_at === null ? '' : `, after ${span(between(one.notified_at, one.acknowledged_at!))}`;
  return (
    <>
      {one.acknowledged_by || 'somebody'}
      {after}
      {isHeld ? '' : ', given back'}
    </>
  );
}

function Fact({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ReactNode;
}): ReactElement | null {
  if (children === '') return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function History({ alerts }: { readonly alerts: readonly PastAlert[] }): ReactElement {
  return (
    <section aria-labelledby="history">
      <h2 id="history">Lately</h2>
      {alerts.length === 0 ? (
        <p className="quiet">Nothing has fired.</p>
      ) : (
        <table className="grid">
          <thead>
            <tr>
              <th>fired</th>
              <th>for</th>
              <th>severity</th>
              <th>what was said</th>
              <th>called</th>
              <th>taken by</th>
            </tr>
          </thead>
          <tbody>
            {alerts.map((one) => (
              <tr key={one.id}>
                <td data-label="fired">
                  <time dateTime={one.started_at}>{clock(one.started_at)}</time>
                </td>
                <td data-label="for">
                  {one.resolved_at === null ? 'still fires' : span(between(one.started_at, one.resolved_at))}
                </td>
                <td data-label="severity">{one.severity}</td>
                <td data-label="said">
                  <span>
                    <a href={`/runbooks/${one.alert}`}>{one.title}</a>
                    {one.of !== '' && <strong> {one.of}</strong>}
                    <br />
                    {one.summary}
                  </span>
                </td>
                <td data-label="called">{one.called.join(', then ')}</td>
                <td data-label="taken by">
                  {one.acknowledged_at === null ? 'nobody' : <Taken one={one} isHeld={true} />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

const STATES: Readonly<Record<Rule['state'], number>> = { firing: 0, pending: 1, well: 2 };

function Rules({ rules }: { readonly rules: readonly Rule[] }): ReactElement {
  const sorted = [...rules].sort((a, b) => STATES[a.state] - STATES[b.state]);
  return (
    <section aria-labelledby="rules">
      <h2 id="rules">Rules</h2>
      <table className="grid">
        <thead>
          <tr>
            <th>rule</th>
            <th>state</th>
            <th>severity</th>
            <th>whose business</th>
            <th className="number">fired in 30 days</th>
            <th className="number">somebody acted</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map(({ id, title, state, severity, domain, firing, fired, acted }) => (
            <tr key={id}>
              <td data-label="rule">
                <a href={`/runbooks/${id}`}>{title}</a>
              </td>
              <td data-label="state">
                <span className={`badge tone-${state === 'firing' ? severity : state}`}>
                  {state === 'firing' && firing > 1 ? `fires ${firing} times` : STATE_WORDS[state]}
                </span>
              </td>
              <td data-label="severity">{severity}</td>
              <td data-label="domain">{domain}</td>
              <td data-label="fired" className="number">
                {fired}
              </td>
              <td data-label="acted" className="number">
                {severity === 'info' ? '' : acted}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const STATE_WORDS: Readonly<Record<Rule['state'], string>> = {
  firing: 'fires',
  pending: 'pending',
  well: 'well',
};
