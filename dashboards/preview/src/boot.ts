// What Grafana's libraries read from the page before any of them is loaded.
const page = window as unknown as Record<string, unknown>;
page['__grafana_public_path__'] = '/preview/';
page['grafanaBootData'] = {
  settings: {
    buildInfo: { version: '13.2.2', commit: '', env: 'production' },
    featureToggles: {},
    appSubUrl: '',
    datasources: {},
  },
  user: { timezone: 'browser', weekStart: '', permissions: {}, orgRole: 'Viewer' },
  navTree: [],
};

export {};
