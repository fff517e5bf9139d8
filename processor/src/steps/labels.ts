/** Texts of which there are few, as small numbers; 0 is ''. */
export interface Labels {
  /** Tells dictionaries apart: whoever keeps a number keeps it with this. */
  readonly serial: number;
  readonly texts: readonly string[];
  numberOf(text: string): number;
}

let serials = 0;

export function createLabels(): Labels {
  const texts = [''];
  const numbers = new Map([['', 0]]);
  return {
    serial: ++serials,
    texts,
    numberOf(text) {
      let number = numbers.get(text);
      if (number === undefined) {
        number = texts.length;
        texts.push(text);
        numbers.set(text, number);
      }
      return number;
    },
  };
}

/** A text that remembers which label it was last. */
export interface Label {
  readonly text: string;
  /** The serial of the labels that {@link number} belongs to; 0 for none. */
  labels: number;
  number: number;
}

export function createLabel(text: string): Label {
  return { text, labels: 0, number: 0 };
}

export function numberIn(labels: Labels, label: Label): number {
  if (label.labels !== labels.serial) {
    label.labels = labels.serial;
    label.number = labels.numberOf(label.text);
  }
  return label.number;
}
