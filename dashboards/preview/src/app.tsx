import { ThemeContext } from '@grafana/data';
import { LocationServiceProvider, locationService } from '@grafana/runtime';
import { UrlSyncContextProvider } from '@grafana/scenes';
import { GlobalStyles, PortalContainer } from '@grafana/ui';
import { type ReactElement, useEffect, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter, useLocation } from 'react-router-dom';
import { AlertsPage } from './alerts.tsx';
import { read } from './api.ts';
import { completeAria } from './aria.ts';
import { panelPlugins } from './plugins.tsx';
import { ReadingPage } from './reading.tsx';
import { provideRuntime } from './runtime.ts';
import { type Dashboard, sceneOf } from './scene.ts';
import { type Mode, themeOf } from './theme.ts';
import { takeToken } from './token.ts';

interface Listed {
  readonly uid: string;
  readonly title: string;
  readonly folder: string;
  readonly description: string;
}

/** What the page's server says of itself. */
interface Site {
  readonly company: string;
  readonly source: { readonly uid: string; readonly type: string };
  readonly dashboards: readonly Listed[];
}

const PHONE_PX = 700;
const THEME = 'agentops-theme';

function chosenMode(): Mode {
  const named = new URLSearchParams(window.location.search).get('theme') ?? localStorage.getItem(THEME);
  if (named === 'light' || named === 'dark') return named;
  return window.matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
}

export async function start(root: HTMLElement): Promise<void> {
  takeToken();
  // Typed behind the address of a page that is open: the browser loads nothing by itself.
  window.addEventListener('hashchange', () => {
    if (takeToken()) window.location.reload();
  });
  const mode = chosenMode();
  const theme = themeOf(mode);
  document.documentElement.style.colorScheme = mode;
  document.body.style.background = theme.colors.background.canvas;
  document.body.style.margin = '0';
  try {
    const site = await read<Site>('/api/dashboards');
    completeAria(document.body);
    provideRuntime(theme, panelPlugins(theme), site.source.uid);
    createRoot(root).render(
      <ThemeContext.Provider value={theme}>
        <GlobalStyles />
        <LocationServiceProvider service={locationService}>
          <BrowserRouter>
            <Page site={site} mode={mode} />
            <PortalContainer />
          </BrowserRouter>
        </LocationServiceProvider>
      </ThemeContext.Provider>,
    );
  } catch (error) {
    root.textContent = `The dashboards cannot be shown: ${(error as Error).message}`;
  }
}

function Page({ site, mode }: { readonly site: Site; readonly mode: Mode }): ReactElement {
  const { pathname } = useLocation();
  const name = /^\/((?:runbooks|matrix)\/[\w.-]+)/.exec(pathname)?.[1];
  if (name === undefined && !pathname.startsWith('/alerts')) return <DashboardPage site={site} mode={mode} />;
  return (
    <>
      <Head site={site} uid="alerts" mode={mode} />
      <main style={{ padding: '0 12px 24px', overflowX: 'clip' }}>
        {name === undefined ? <AlertsPage /> : <ReadingPage name={name} />}
      </main>
    </>
  );
}

function DashboardPage({ site, mode }: { readonly site: Site; readonly mode: Mode }): ReactElement {
  const { pathname } = useLocation();
  const uid = /^\/d\/([\w-]+)/.exec(pathname)?.[1] ?? site.dashboards[0]?.uid ?? '';
  const [dashboard, setDashboard] = useState<Dashboard | Error | null>(null);
  useEffect(() => {
    let gone = false;
    setDashboard(null);
    read<Dashboard>(`/api/dashboards/${uid}`).then(
      (found) => gone || setDashboard(found),
      (error: Error) => gone || setDashboard(error),
    );
    return () => {
      gone = true;
    };
  }, [uid]);
  return (
    <>
      <Head site={site} uid={uid} mode={mode} />
      <main style={{ padding: '0 12px 24px', overflowX: 'clip' }}>
        {dashboard === null && <p role="status">reading the dashboard …</p>}
        {dashboard instanceof Error && <p role="alert">{dashboard.message}</p>}
        {dashboard !== null && !(dashboard instanceof Error) && (
          <Scene key={dashboard.uid} dashboard={dashboard} source={site.source} />
        )}
      </main>
    </>
  );
}

/** Stands among the dashboards. */
const ALERTS = { uid: 'alerts', title: 'Alerts', description: 'What fires, who has it, and what fired.' };

function Head({
  site,
  uid,
  mode,
}: {
  readonly site: Site;
  readonly uid: string;
  readonly mode: Mode;
}): ReactElement {
  const other: Mode = mode === 'dark' ? 'light' : 'dark';
  return (
    <header
      style={{ display: 'flex', flexWrap: 'wrap', gap: 8, alignItems: 'baseline', padding: '12px 16px 0' }}
    >
      <a href="/" style={{ fontWeight: 600, textDecoration: 'none' }}>
        agentops
      </a>
      <span style={{ opacity: 0.7 }}>{site.company}</span>
      <nav aria-label="Dashboards" style={{ display: 'flex', flexWrap: 'wrap', gap: 4, flex: '1 1 300px' }}>
        {[...site.dashboards, ALERTS].map((one) => (
          <a
            key={one.uid}
            href={one === ALERTS ? '/alerts' : `/d/${one.uid}`}
            title={one.description}
            {...(one.uid === uid && { 'aria-current': 'page' as const })}
            style={{
              padding: '2px 8px',
              borderRadius: 4,
              textDecoration: 'none',
              ...(one.uid === uid && { background: 'rgba(110, 120, 255, 0.25)', fontWeight: 600 }),
            }}
          >
            {one.title}
          </a>
        ))}
      </nav>
      <button
        type="button"
        onClick={() => {
          localStorage.setItem(THEME, other);
          window.location.reload();
        }}
        style={{ background: 'none', border: '1px solid currentColor', borderRadius: 4, padding: '1px 8px' }}
      >
        {other}
      </button>
    </header>
  );
}

function Scene({
  dashboard,
  source,
}: {
  readonly dashboard: Dashboard;
  readonly source: Site['source'];
}): ReactElement {
  const scene = useMemo(() => sceneOf(dashboard, source, window.innerWidth < PHONE_PX), [dashboard, source]);
  useEffect(() => {
    document.title = `${dashboard.title} · agentops`;
  }, [dashboard]);
  return (
    <UrlSyncContextProvider scene={scene} updateUrlOnInit createBrowserHistorySteps>
      <h1 style={{ fontSize: 20, margin: '8px 4px 0' }}>{dashboard.title}</h1>
      <p style={{ opacity: 0.75, margin: '0 4px 8px' }}>{dashboard.description}</p>
      <scene.Component model={scene} />
    </UrlSyncContextProvider>
  );
}
