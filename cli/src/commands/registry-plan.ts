import {
  formatDiagnostics,
  loadRegistry,
  type RegistryDocument,
  readRegistryFiles,
} from '@agentops/registry';
import { generateFiles } from '../generate/files.ts';
import { usageError } from '../output/fail.ts';
import { planOf } from '../plan/plan.ts';
import { loosened, planMarkdown, renderPlan } from '../plan/render.ts';
import { requireRegistry } from '../registry-folder.ts';

export interface PlanOptions {
  readonly against: string;
  readonly markdown?: boolean;
  readonly json?: boolean;
  readonly strict?: boolean;
}

/** Exit code 1 with `--strict` when the change loosens something. */
export function plan(dir: string | undefined, options: PlanOptions): void {
  if (dir === undefined) throw usageError('name the folder: agentops registry plan DIR --against DIR');
  const [before, after] = [options.against, dir].map((folder) => {
    const document = documentOf(folder);
    return { document, files: generateFiles(document) };
  });
  const made = planOf(before!, after!);
  if (options.json) process.stdout.write(`${JSON.stringify(made, null, 2)}\n`);
  else process.stdout.write(options.markdown ? planMarkdown(made) : `${renderPlan(made)}\n`);
  if (options.strict && loosened(made).length > 0) process.exitCode = 1;
}

function documentOf(folder: string): RegistryDocument {
  requireRegistry(folder);
  const { document, diagnostics } = loadRegistry(readRegistryFiles(folder));
  if (document === null)
    throw new Error(`the registry in ${folder} is broken:\n${formatDiagnostics(diagnostics)}`);
  return document;
}
