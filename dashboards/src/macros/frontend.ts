import { argumentsAt } from './backend.ts';

/** What stands for a variable: its values, and whether that is all of them. */
export interface VariableValue {
  readonly values: readonly string[];
  readonly all: boolean;
}

export type Variables = Readonly<Record<string, VariableValue>>;

const quoted = (value: string): string => `'${value.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;

/**
 * Replaces what Grafana's front end replaces before a query is sent: `$__conditionalAll(condition, $variable)` by the
 * condition, or by 1=1 while the variable is All; `${name:singlequote}`, `${name:raw}`, `${name}` and `$name`. None of it
 * works in alerts. Throws for a variable that is not there.
 */
export function expandVariables(sql: string, variables: Variables): string {
  return replaceVariables(replaceConditions(sql, variables), variables);
}

function replaceConditions(sql: string, variables: Variables): string {
  const NAME = '$__conditionalAll';
  for (let at = sql.indexOf(NAME); at >= 0; at = sql.indexOf(NAME, at)) {
    const call = argumentsAt(sql, at + NAME.length);
    if (call === null || call.args.length !== 2) throw new Error(`${NAME} takes a condition and a variable`);
    const [condition = '', variable = ''] = call.args;
    const value = chosenValue(variable.replace(/^\$\{?|\}$/g, ''), variables);
    sql = sql.slice(0, at) + (value.all ? '1=1' : condition) + sql.slice(call.end);
  }
  return sql;
}

function replaceVariables(sql: string, variables: Variables): string {
  return sql.replace(
    /\$\{(\w+)(?::(\w+))?\}|\$(?!__)(\w+)/g,
    (_, braced?: string, format?: string, bare?: string) => {
      const { values } = chosenValue(braced ?? bare!, variables);
      if (format === 'singlequote' || format === 'sqlstring') return values.map(quoted).join(',');
      return values.join(',');
    },
  );
}

function chosenValue(name: string, variables: Variables): VariableValue {
  const value = variables[name];
  if (value === undefined) throw new Error(`no variable $${name}`);
  return value;
}
