/** What Grafana's components leave unsaid to those who do not see them: by what finds the element. */
const UNSAID: readonly (readonly [selector: string, attribute: string, value: string])[] = [
  ['[role="heading"]:not([aria-level])', 'aria-level', '2'],
  ['[data-testid="data-testid RefreshPicker run button"]:not([aria-label])', 'aria-label', 'Refresh'],
];

/** Says it, now and of whatever is drawn later. */
export function completeAria(root: HTMLElement): void {
  const complete = (): void => {
    for (const [selector, attribute, value] of UNSAID)
      for (const element of root.querySelectorAll(selector)) element.setAttribute(attribute, value);
  };
  new MutationObserver(complete).observe(root, { childList: true, subtree: true });
  complete();
}
