import type { AlertmanagerParts } from '@agentops/alerts';
import type { Fired } from '@agentops/cli/alerts';

const MATCHER = /^(\w+)(=~|!~|!=|=)"(.*)"$/;

/** An Alertmanager matcher over labels; one that is not there is ''. */
function matches(matcher: string, labels: Readonly<Record<string, string>>): boolean {
  const [, name, operator, value] = MATCHER.exec(matcher) ?? [];
  if (name === undefined) throw new Error(`not a matcher: ${matcher}`);
  const label = labels[name] ?? '';
  const is = operator!.endsWith('~') ? new RegExp(`^(?:${value})$`).test(label) : label === value;
  return operator!.startsWith('!') ? !is : is;
}

const labelsOf = ({ notification }: Fired): Readonly<Record<string, string>> => notification.labels;
const endOf = ({ resolvedAt }: Fired): number => resolvedAt ?? Number.POSITIVE_INFINITY;

/**
 * What reaches somebody, and when: an alert waits while another one fires that makes it unreliable or superfluous, and is
 * told when that has ended, if it still fires.
 */
export function reaching(
  fired: readonly Fired[],
  rules: AlertmanagerParts['inhibit_rules'],
): { readonly fired: Fired; readonly at: number }[] {
  const silences = (source: Fired, target: Fired): boolean =>
    source !== target &&
    rules.some(
      ({ source_matchers, target_matchers, equal = [] }) =>
        source_matchers.every((matcher) => matches(matcher, labelsOf(source))) &&
        target_matchers.every((matcher) => matches(matcher, labelsOf(target))) &&
        equal.every((label) => (labelsOf(source)[label] ?? '') === (labelsOf(target)[label] ?? '')),
    );
  return fired.flatMap((target) => {
    let at = target.startedAt;
    for (;;) {
      const source = fired.find((one) => one.startedAt <= at && endOf(one) > at && silences(one, target));
      if (source === undefined) return [{ fired: target, at }];
      at = endOf(source);
      if (at >= endOf(target)) return [];
    }
  });
}
