import { type ReactElement, useEffect, useState } from 'react';
import { type Alerts, read } from './api.ts';
import { renderMarkdown } from './markdown.ts';
import { Page } from './page.tsx';

interface Reading {
  readonly markdown: string;
  readonly dashboard: string;
}

/** A page that is generated for people: a runbook, or who answers for what. `name`: `runbooks/<alert>`. */
export function ReadingPage({ name }: { readonly name: string }): ReactElement {
  const [found, setFound] = useState<Reading | Error | null>(null);
  const [firing, setFiring] = useState<readonly string[]>([]);
  useEffect(() => {
    const gone = new AbortController();
    read<Reading>(`/api/readings/${name}`, gone.signal).then(
      (reading) => {
        setFound(reading);
        document.title = `${/^# (.*)$/m.exec(reading.markdown)?.[1] ?? name} · agentops`;
      },
      (error: Error) => gone.signal.aborted || setFound(error),
    );
    // The text stands without them.
    read<Alerts>('/api/alerts', gone.signal).then(
      ({ open }) =>
        setFiring(open.filter((one) => `runbooks/${one.alert}` === name).map(({ summary }) => summary)),
      () => {},
    );
    return () => gone.abort();
  }, [name]);
  return (
    <Page>
      <nav aria-label="Here" style={{ display: 'flex', gap: 16, marginTop: 8 }}>
        <a href="/alerts">all alerts</a>
        {found !== null && 'dashboard' in found && found.dashboard !== '' && (
          <a href={`/d/${found.dashboard}`}>dashboard</a>
        )}
      </nav>
      {found === null && <p role="status">reading the page …</p>}
      {found instanceof Error && <p role="alert">{found.message}</p>}
      {firing.map((summary) => (
        <p className="notice" key={summary}>
          Now: {summary}
        </p>
      ))}
      {found !== null && 'markdown' in found && (
        <article
          className="reading"
          // biome-ignore lint/security/noDangerouslySetInnerHtml: Markdown that is generated here, its HTML escaped
          dangerouslySetInnerHTML={{ __html: renderMarkdown(found.markdown) }}
        />
      )}
    </Page>
  );
}
