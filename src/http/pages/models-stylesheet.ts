/** Light or dark as the system has it; on a phone a row of a table becomes a card. */
export const modelsStylesheet = `:root {
  color-scheme: light dark;
  --ground: #fafaf8; --surface: #fff; --sunken: #f3f3f0; --line: #e2e2dd; --ink: #1e2022; --quiet: #5d6267;
  --accent: #245ea8; --ready: #1d7a45; --busy: #96600a; --bad: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #151719; --surface: #1c1f22; --sunken: #121416; --line: #30353a; --ink: #e7e7e4; --quiet: #a3a9af;
    --accent: #8db8f2; --ready: #6fcf97; --busy: #e8b45a; --bad: #f2857c;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
code, pre, .model h3, .family h3 { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -100vw; padding: 8px 16px; background: var(--surface); }
.skip:focus { left: 0; z-index: 1; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.top, main { max-width: 62rem; margin: 0 auto; padding: 0 24px; }
.top { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 4px 24px; padding-top: 40px; }
h1 { margin: 0; font-size: 32px; line-height: 1.2; letter-spacing: -.02em; }
nav { display: flex; gap: 20px; font-size: 15px; }
nav a { padding: 4px 0; text-decoration: none; }
nav a:hover { text-decoration: underline; }
nav [aria-current] { color: var(--quiet); }
main { padding-bottom: 80px; }
h2 { margin: 40px 0 12px; font-size: 20px; letter-spacing: -.01em; }
#filter { display: flex; flex-wrap: wrap; gap: 12px; margin: 24px 0 12px; align-items: end; }
#filter p { margin: 0; flex: 1 1 9rem; }
#filter .wide { flex-grow: 3; flex-basis: 16rem; }
#filter .apply { flex: 0 0 auto; }
.scripted #filter .apply { display: none; }
label { display: block; margin-bottom: 4px; color: var(--quiet); font-size: 13px; }
input, select, #filter button { width: 100%; height: 42px; padding: 0 12px; border: 1px solid var(--line); border-radius: 8px; background: var(--surface); color: inherit; font: inherit; }
#filter button { padding: 0 20px; cursor: pointer; }
#result, .note { margin: 0; color: var(--quiet); font-size: 14px; }
.note { margin-bottom: 16px; max-width: 46rem; }
.model, .family { border: 1px solid var(--line); border-radius: 12px; background: var(--surface); }
.model { margin-bottom: 16px; padding: 20px 24px; }
.model > header { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 4px 16px; }
.model h3 { margin: 0; font-size: 18px; overflow-wrap: anywhere; }
.state { margin: 0; color: var(--quiet); font-size: 14px; }
.state::before { content: ''; display: inline-block; width: 8px; height: 8px; margin-right: 8px; border-radius: 50%; background: currentColor; }
.state.ready { color: var(--ready); }
.state.loading, .state.unloading { color: var(--busy); }
.state.failed { color: var(--bad); }
.aliases { margin: 4px 0 0; color: var(--quiet); font-size: 14px; overflow-wrap: anywhere; }
.chips { display: flex; flex-wrap: wrap; gap: 6px; margin: 12px 0 0; padding: 0; list-style: none; }
.chips > * { padding: 1px 10px; border: 1px solid var(--line); border-radius: 99px; color: var(--quiet); font-size: 13px; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(7.5rem, 1fr)); gap: 12px 16px; margin: 20px 0; }
dt { color: var(--quiet); font-size: 13px; }
dd { margin: 0; font-size: 15px; overflow-wrap: anywhere; }
summary { cursor: pointer; }
.more { border-top: 1px solid var(--line); }
.more > summary { padding: 10px 0; font-size: 15px; font-weight: 600; }
.more:last-child > summary { margin-bottom: -10px; }
.more[open]:last-child > summary { margin-bottom: 0; }
.languages, .count { color: var(--quiet); font-size: 14px; font-weight: 400; }
.parameters { margin: 0 0 16px; font-size: 13px; line-height: 1.9; }
.parameters code { padding: 2px 6px; border-radius: 4px; background: var(--sunken); overflow-wrap: anywhere; }
.samples { display: grid; grid-template-columns: 1fr 1fr; gap: 16px; padding-bottom: 4px; }
.sample { position: relative; min-width: 0; }
.sample:first-child { grid-column: 1 / -1; }
.sample h4 { margin: 4px 0 6px; color: var(--quiet); font-size: 13px; font-weight: 400; }
pre { margin: 0; padding: 14px 16px; overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--sunken); font-size: 13px; line-height: 1.55; tab-size: 2; }
.copy { padding: 1px 8px; border: 1px solid var(--line); border-radius: 6px; background: var(--surface); color: var(--quiet); font: 13px/1.5 system-ui, sans-serif; cursor: pointer; }
.copy:hover { color: var(--ink); }
.sample .copy { position: absolute; top: 0; right: 0; }
.family { margin-bottom: 8px; }
.family > summary { display: grid; grid-template-columns: 11.5rem 2rem 1fr auto; gap: 2px 12px; align-items: baseline; padding: 12px 20px; list-style: none; border-radius: 12px; }
.family > summary::-webkit-details-marker { display: none; }
.family > summary:hover { background: var(--sunken); }
.family[open] > summary { border-radius: 12px 12px 0 0; }
.family h3 { margin: 0; font-size: 15px; }
.family h3::before { content: '›'; display: inline-block; width: 1em; color: var(--quiet); }
.family[open] h3::before { content: '⌄'; transform: translateY(-.25em); }
.description { color: var(--quiet); font-size: 14px; }
.family .chips { margin: 0; justify-content: end; }
.scroll { overflow-x: auto; padding: 0 20px 12px; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th, td { padding: 8px 12px 8px 0; border-top: 1px solid var(--line); text-align: left; font-weight: 400; white-space: nowrap; }
thead th { border: 0; color: var(--quiet); font-size: 13px; }
tbody th { width: 100%; }
.command { color: var(--quiet); }
th .copy { margin-left: 8px; }
@media (max-width: 52rem) {
  .family > summary { grid-template-columns: auto 1fr; }
  .description, .family .chips { grid-column: 1 / -1; justify-content: start; }
  .description { padding-left: 15px; }
  .family .chips { margin-top: 4px; padding-left: 15px; }
  .samples { grid-template-columns: minmax(0, 1fr); }
}
@media (max-width: 40rem) {
  .top, main { padding-left: 16px; padding-right: 16px; }
  .top { padding-top: 24px; }
  .model { padding: 16px; }
  dl { grid-template-columns: 1fr 1fr; }
  .family > summary { padding: 12px 16px; }
  .scroll { padding: 0 16px 12px; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody tr { display: grid; grid-template-columns: repeat(3, 1fr); gap: 6px 12px; padding: 12px 0; border-top: 1px solid var(--line); }
  tbody th { display: flex; grid-column: 1 / -1; align-items: start; justify-content: space-between; gap: 8px; }
  th, td { padding: 0; border: 0; white-space: normal; }
  th code { overflow-wrap: anywhere; }
  td { overflow-wrap: anywhere; }
  td::before { content: attr(data-label); display: block; color: var(--quiet); font-size: 12px; }
}
@media (forced-colors: active) { .state::before { background: CanvasText; } }
`;
