const KEY = 'agentops-token';

/**
 * Takes a token from the address (`#token=…`), keeps it for this tab, and removes it from what may be shared. Returns
 * whether there was one.
 */
export function takeToken(): boolean {
  const token = /^#token=(\w+)$/.exec(window.location.hash)?.[1];
  if (token === undefined) return false;
  sessionStorage.setItem(KEY, token);
  history.replaceState(null, '', window.location.pathname + window.location.search);
  return true;
}

/** null: the page was opened without one. */
export function pageToken(): string | null {
  return sessionStorage.getItem(KEY);
}
