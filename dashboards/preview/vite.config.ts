import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const require = createRequire(import.meta.url);

/** Grafana's components load icons and fonts one by one from the public path. */
function grafanaFiles(): Plugin {
  return {
    name: 'grafana-files',
    apply: 'build',
    writeBundle({ dir }) {
      const ui = join(dirname(require.resolve('@grafana/ui/package.json')), 'dist', 'public', 'img', 'icons');
      const icons = join(dir!, 'build', 'img', 'icons');
      cpSync(ui, icons, { recursive: true });
      // The package lacks the arrow back in time, which its time picker shows: the other one, mirrored.
      const right = readFileSync(join(ui, 'unicons', 'angle-double-right.svg'), 'utf8');
      writeFileSync(join(icons, 'unicons', 'angle-double-left.svg'), mirrored(right));
      // Its styles name two weights of Inter; the variable font is both.
      const inter = dirname(require.resolve('@fontsource-variable/inter/package.json'));
      for (const weight of ['Regular', 'Medium']) {
        cpSync(
          join(inter, 'files', 'inter-latin-wght-normal.woff2'),
          join(dir!, 'fonts', 'inter', `Inter-${weight}.woff2`),
        );
      }
      const mono = dirname(require.resolve('@fontsource/roboto-mono/package.json'));
      cpSync(
        join(mono, 'files', 'roboto-mono-latin-400-normal.woff2'),
        join(dir!, 'fonts', 'roboto', ROBOTO_MONO_LATIN),
      );
    },
  };
}

/** An icon of 24 × 24, the other way round. */
function mirrored(svg: string): string {
  return svg.replace(/(<svg[^>]*>)([\s\S]*)(<\/svg>)/, '$1<g transform="matrix(-1 0 0 1 24 0)">$2</g>$3');
}

/** As Grafana's styles call it. */
const ROBOTO_MONO_LATIN = 'L0xTDF4xlVMF-BfR8bXMIhJHg45mwgGEFl0_3vrtSM1J-gEPT5Ese6hmHSh0mQ.woff2';

export default defineConfig({
  base: '/preview/',
  plugins: [react(), grafanaFiles()],
  resolve: { conditions: ['source', 'module', 'browser', 'import', 'default'] },
  build: { outDir: 'dist', chunkSizeWarningLimit: 10_000, reportCompressedSize: false },
  logLevel: 'warn',
});
