/** A memory of two generations: it keeps at least the last `size` pairs asked for and at most twice as many. */
export interface Recent<Value> {
  /** undefined: not kept. */
  get(provider: string, model: string): Value | undefined;
  put(provider: string, model: string, value: Value): void;
}

type Generation<Value> = Map<string, Map<string, Value>>;

export function createRecent<Value>(size: number): Recent<Value> {
  let young: Generation<Value> = new Map();
  let old: Generation<Value> = new Map();
  let count = 0;

  function put(provider: string, model: string, value: Value): void {
    if (count >= size) {
      old = young;
      young = new Map();
      count = 0;
    }
    let models = young.get(provider);
    if (models === undefined) {
      models = new Map();
      young.set(provider, models);
    }
    models.set(model, value);
    count++;
  }

  return {
    get(provider, model) {
      const value = young.get(provider)?.get(model);
      if (value !== undefined) return value;
      const older = old.get(provider)?.get(model);
      if (older !== undefined) put(provider, model, older);
      return older;
    },
    put,
  };
}
