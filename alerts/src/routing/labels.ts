import { MAPPED_LABELS, type MappedLabel, type RegistryDocument } from '@agentops/registry';

/** Labels of ours by the names and values of a company’s own routes, and back. */
export interface LabelMapping {
  /** True: they are called as ours are. */
  readonly isEmpty: boolean;
  name(label: string): string;
  value(label: string, value: string): string;
  /** Our values of a label that have others, with those. */
  values(label: string): readonly (readonly [ours: string, theirs: string])[];
  toTheirs(labels: Readonly<Record<string, string>>): Record<string, string>;
  /** What `toTheirs` has made, as it was: values are told back, since no two are one (`registry check`). */
  toOurs(labels: Readonly<Record<string, string>>): Record<string, string>;
}

export function labelMapping({ organisation }: Pick<RegistryDocument, 'organisation'>): LabelMapping {
  const mapped = organisation.alerting?.labels ?? {};
  const names = new Map<string, string>();
  const values = new Map<string, ReadonlyMap<string, string>>();
  for (const label of MAPPED_LABELS) {
    const { name, values: of } = mapped[label] ?? {};
    if (name !== undefined && name !== label) names.set(label, name);
    if (of !== undefined) values.set(label, new Map(Object.entries(of)));
  }
  const ours = new Map([...names].map(([label, name]) => [name, label]));
  const back = new Map(
    [...values].map(([label, list]) => [label, new Map([...list].map(([value, their]) => [their, value]))]),
  );
  const renamed = (
    labels: Readonly<Record<string, string>>,
    rename: (label: string, value: string) => readonly [string, string],
  ): Record<string, string> =>
    Object.fromEntries(Object.entries(labels).map(([label, value]) => rename(label, value)));
  const name = (label: string): string => names.get(label) ?? label;
  const value = (label: string, text: string): string => values.get(label)?.get(text) ?? text;
  return {
    isEmpty: names.size === 0 && values.size === 0,
    name,
    value,
    values: (label) => [...(values.get(label) ?? [])],
    toTheirs: (labels) => renamed(labels, (label, text) => [name(label), value(label, text)]),
    toOurs: (labels) =>
      renamed(labels, (their, text) => {
        const label = ours.get(their) ?? their;
        return [label, back.get(label)?.get(text) ?? text];
      }),
  };
}

/** Labels that may be called otherwise. */
export function isMapped(label: string): label is MappedLabel {
  return (MAPPED_LABELS as readonly string[]).includes(label);
}
