import type { Attribution } from '../fold/attribution.ts';
import type { StepPage } from '../steps/page.ts';
import { createDictionary, createSequence, LABEL_TYPE, pushLabels } from './dictionary.ts';
import type { Column } from './native.ts';
import { scratchOf } from './scratch.ts';
import type { Selection } from './selection.ts';

/** Labels of a page. */
export function labels(selection: Selection, of: (page: StepPage) => Uint16Array): Column {
  const dictionary = createDictionary();
  /** By label of the page: its number in the dictionary, plus one; 0 when it was not met yet. */
  let numbers = new Uint32Array(1024);
  return {
    type: LABEL_TYPE,
    flush(out, rows) {
      const { stretches, places } = selection;
      const indexes = new Uint32Array(scratchOf(rows * 4), 0, rows);
      for (const { page, from, to } of stretches) {
        const column = of(page);
        const { texts } = page.labels;
        if (texts.length > numbers.length) numbers = new Uint32Array(texts.length * 2);
        else numbers.fill(0, 0, texts.length);
        for (let i = from; i < to; i++) {
          const label = column[places[i]!]!;
          let number = numbers[label]!;
          if (number === 0) {
            number = dictionary.numberOf(texts[label]!) + 1;
            numbers[label] = number;
          }
          indexes[i] = number - 1;
        }
      }
      dictionary.flush(out, indexes);
    },
  };
}

/** Labels that are numbers of these texts themselves. */
export function coded(
  selection: Selection,
  of: (page: StepPage) => Uint8Array,
  texts: readonly string[],
): Column {
  const keys = ['', ...texts];
  return {
    type: LABEL_TYPE,
    flush(out, rows) {
      const { stretches, places } = selection;
      const indexes = new Uint32Array(scratchOf(rows * 4), 0, rows);
      for (const { page, from, to } of stretches) {
        const column = of(page);
        for (let i = from; i < to; i++) indexes[i] = column[places[i]!]! + 1;
      }
      pushLabels(out, keys, keys.length, indexes);
    },
  };
}

/** Labels of objects that steps share: what was said of the one before is mostly said again. */
export function shared<T>(
  selection: Selection,
  of: (page: StepPage) => readonly T[],
  text: (object: T) => string,
  dictionary = createDictionary(),
): Column {
  return {
    type: LABEL_TYPE,
    flush(out, rows) {
      const { stretches, places } = selection;
      const indexes = new Uint32Array(scratchOf(rows * 4), 0, rows);
      let last: T | null = null;
      let number = 0;
      for (const { page, from, to } of stretches) {
        const objects = of(page);
        for (let i = from; i < to; i++) {
          const object = objects[places[i]!]!;
          if (object !== last) {
            number = dictionary.numberOf(text(object));
            last = object;
          }
          indexes[i] = number;
        }
      }
      dictionary.flush(out, indexes);
    },
  };
}

/** The steps of a trace stand together. */
export function traceIds(selection: Selection): Column {
  return shared(
    selection,
    (page) => page.traceIds,
    (traceId) => traceId,
    createSequence(),
  );
}

/** Labels of the attributions. */
export function attributed(
  selection: Selection,
  text: (of: Attribution) => string,
  dictionary = createDictionary(),
): Column {
  return {
    type: LABEL_TYPE,
    flush(out, rows) {
      const { attributions } = selection;
      const indexes = new Uint32Array(scratchOf(rows * 4), 0, rows);
      let last: Attribution | null = null;
      let number = 0;
      for (let i = 0; i < rows; i++) {
        const attribution = attributions[i]!;
        if (attribution !== last) {
          number = attribution === null ? 0 : dictionary.numberOf(text(attribution));
          last = attribution;
        }
        indexes[i] = number;
      }
      dictionary.flush(out, indexes);
    },
  };
}
