/** A file that is made from the registry and committed beside it. */
export interface GeneratedFile {
  /** Relative to the folder that `agentops generate --out` names; `/` between its parts. */
  readonly path: string;
  /** The whole text, with a newline at its end. */
  readonly text: string;
}
