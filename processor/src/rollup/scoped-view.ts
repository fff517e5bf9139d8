/** The texts of views by name, with `$DATABASE.` before every table and view that they read. */
export type ViewTexts = ReadonlyMap<string, string>;

/** Tables that say nothing of traces. */
const WHOLE: ReadonlySet<string> = new Set(['registry_versions']);

/**
 * A view's query over a part of the tables: every table is read where `condition`, over columns of its key, holds, views
 * in it likewise. What the view says of a part that is whole in itself is what it says of that part among all rows: the
 * definition stays in one place. Throws for a view that is not there.
 */
export function scopedView(views: ViewTexts, name: string, condition: string): string {
  const text = views.get(name);
  if (text === undefined) throw new Error(`no view ${name}`);
  return text.replace(/\$DATABASE\.(\w+)( FINAL)?/g, (found, source: string) =>
    views.has(source)
      ? `(${scopedView(views, source, condition)})`
      : WHOLE.has(source)
        ? found
        : `(SELECT * FROM ${found} PREWHERE ${condition})`,
  );
}

/** Names and queries of `CREATE VIEW` statements: what follows the list of columns. */
export function viewTexts(statements: readonly string[]): ViewTexts {
  return new Map(
    statements.map((statement) => {
      const name = /CREATE OR REPLACE VIEW \$DATABASE\.(\w+)/.exec(statement)?.[1];
      const query = /^AS$/m.exec(statement);
      if (name === undefined || query === null) throw new Error(`no view: ${statement.slice(0, 80)}`);
      return [name, statement.slice(query.index + query[0].length).trim()];
    }),
  );
}
