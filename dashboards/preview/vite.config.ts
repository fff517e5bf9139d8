import { cpSync } from 'node:fs';
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
      cpSync(ui, join(dir!, 'build', 'img', 'icons'), { recursive: true });
      // Its styles name two weights of Inter; the variable font is both.
      const inter = dirname(require.resolve('@fontsource-variable/inter/package.json'));
      for (const weight of ['Regular', 'Medium']) {
        cpSync(
          join(inter, 'files', 'inter-latin-wght-normal.woff2'),
          join(dir!, 'fonts', 'inter', `Inter-${weight}.woff2`),
        );
      }
    },
  };
}

export default defineConfig({
  base: '/preview/',
  plugins: [react(), grafanaFiles()],
  resolve: { conditions: ['source', 'module', 'browser', 'import', 'default'] },
  build: { outDir: 'dist', chunkSizeWarningLimit: 10_000, reportCompressedSize: false },
  logLevel: 'warn',
});
