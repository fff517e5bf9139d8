export const pageStyle = `
:root {
  color-scheme: light dark;
  --ink: #16202b; --soft: #5b6876; --line: #dfe5ec; --back: #f5f7f9; --card: #ffffff;
  --good: #16703f; --bad: #b42318; --warn: #8a5a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6ebf1; --soft: #95a3b3; --line: #29323d; --back: #0f141a; --card: #161d25;
    --good: #4cc38a; --bad: #ff8278; --warn: #e3b341;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
header, main { max-width: 1120px; margin: 0 auto; padding: 0 24px; }
header { display: flex; align-items: baseline; gap: 16px; padding-top: 32px; }
main { padding-bottom: 56px; }
h1 { margin: 0; font-size: 24px; letter-spacing: -.02em; }
h2 { margin: 32px 0 8px; font-size: 15px; }
p { margin: 0 0 8px; }
.note { color: var(--soft); font-size: 13px; font-weight: 400; }
#trouble { margin-top: 16px; padding: 10px 16px; background: var(--card); border: 1px solid; border-radius: 8px; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(168px, 1fr)); gap: 12px; margin-top: 20px; }
.tiles dl { margin: 0; padding: 12px 16px; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.tiles dt { color: var(--soft); font-size: 13px; }
.tiles dd { margin: 0; }
.tiles dd:nth-of-type(1) { font-size: 21px; font-weight: 600; font-variant-numeric: tabular-nums; }
.columns { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 0 40px; }
@media (max-width: 800px) { .columns { grid-template-columns: minmax(0, 1fr); } }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 12px 6px 0; text-align: left; border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
th { color: var(--soft); font-size: 13px; font-weight: 500; }
td:first-child { overflow-wrap: anywhere; }
.n { text-align: right; white-space: nowrap; }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); } .soft { color: var(--soft); }
.where { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 4px 16px; margin: 0; }
.where dt { color: var(--soft); }
.where dd { margin: 0; overflow-wrap: anywhere; }
code { font: 13px/1.55 ui-monospace, monospace; }
.snippet { position: relative; }
pre { margin: 0; padding: 12px 72px 12px 16px; background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow-x: auto; }
.copy {
  position: absolute; top: 8px; right: 8px; padding: 2px 10px; font: inherit; font-size: 13px; cursor: pointer;
  color: var(--soft); background: var(--back); border: 1px solid var(--line); border-radius: 6px;
}
.copy:hover, .copy:focus-visible { color: var(--ink); border-color: var(--soft); }
@media (max-width: 640px) {
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .tiles dl { padding: 10px 12px; }
  .tiles dd:nth-of-type(1) { font-size: 18px; }
  th, td { padding: 6px 4px; font-size: 13px; }
  td.n { white-space: normal; }
  pre { padding-bottom: 40px; padding-right: 16px; }
  .copy { top: auto; bottom: 8px; }
  table:has(#agents) :is(th, td):nth-child(2) { display: none; }
}
`;
