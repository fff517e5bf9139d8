import './boot.ts';
import '@fontsource-variable/inter';
import '@fontsource/roboto-mono';

// Everything else reads what boot.ts has set: it is loaded afterwards.
void import('./app.tsx').then(({ start }) => start(document.getElementById('root')!));
