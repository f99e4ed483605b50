/**
 * Layout and typography of the HTML report, as CSS.
 *
 * @module
 */

/** Rules that depend on nothing but the palette's variables. */
export const LAYOUT = `
*,*::before,*::after{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);scroll-behavior:smooth;-webkit-text-size-adjust:100%}
body{--serif:"Iowan Old Style","Palatino Linotype",Palatino,"Book Antiqua","URW Palladio L",P052,Georgia,"Noto Serif","Liberation Serif","DejaVu Serif Condensed",serif;
  --sans:-apple-system,"Segoe UI","Helvetica Neue","Noto Sans","Liberation Sans",Arial,"DejaVu Sans Condensed",system-ui,sans-serif;
  --mono:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;
  max-width:84rem;margin:0 auto;padding:0 clamp(1rem,3.2vw,3rem) 6rem;
  font:400 0.9375rem/1.55 var(--sans);font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
p,ul,ol,dl,dd,figure,h1,h2,h3,pre{margin:0;padding:0}
h1,h2,h3{font-family:var(--serif);font-weight:600;line-height:1.2;text-wrap:balance}
a{color:var(--link);text-decoration-thickness:1px;text-underline-offset:0.2em}
:focus-visible{outline:2px solid var(--focus);outline-offset:2px;border-radius:2px}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.note,.unit,.lead,.none,.absent{color:var(--muted)}
.note{font-size:0.8125em;font-weight:400}
.none{font-style:italic}

.masthead{padding:clamp(1.75rem,4vw,3.25rem) 0 0}
.brand{font:600 0.75rem/1 var(--sans);letter-spacing:0.16em;text-transform:uppercase;color:var(--muted);margin-bottom:0.9rem}
h1{font-size:clamp(1.75rem,1.2rem + 2.4vw,2.875rem);letter-spacing:-0.012em}
.origin{margin-top:0.6rem;color:var(--muted);max-width:100ch;overflow-wrap:anywhere;font-size:0.875rem}
.opening{margin-top:1.75rem;display:grid;grid-template-columns:minmax(0,1fr);gap:1.25rem 2.5rem;align-items:start}
.answer .first{font:400 clamp(1.25rem,1.05rem + 1vw,1.8125rem)/1.35 var(--serif);max-width:60ch;padding-left:1.1rem;border-left:3px solid var(--ink);overflow-wrap:anywhere;text-wrap:pretty}
.answer .more{margin-top:0.5rem;max-width:100ch;overflow-wrap:anywhere}
.choices{list-style:none;display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr));gap:1rem;margin:1.5rem 0 1.25rem}
.choice{border-top:3px solid var(--ink);background:var(--raised);padding:0.8rem 1.1rem 1rem;overflow-wrap:anywhere}
.choice.empty{border-top-color:var(--rule)}
.grade{font-size:0.8125rem;margin-bottom:0.6rem}
.pick{font-size:1rem}
.pick a{color:inherit;text-decoration-color:var(--rule)}
.choice.empty .pick{font-family:var(--serif);font-size:1.125rem;font-weight:600}
.choice .reason{margin-top:0.25rem}
.gain{margin:0.25rem 0 0.15rem}
.gain strong{font:600 1.75rem/1.2 var(--serif)}
.warnings{padding:0.7rem 1.1rem;background:var(--warn-paper);border-left:3px solid var(--warn);font-size:0.875rem}
.warnings h2{font:600 0.8125rem/1.5 var(--sans);color:var(--warn)}
.warnings ul{padding-left:1.1em;overflow-wrap:anywhere}
.warnings summary{cursor:pointer;color:var(--link);padding:0.15rem 0}

.topbar{position:sticky;top:0;z-index:5;margin:2.25rem calc(-1*clamp(1rem,3.2vw,3rem)) 0;padding:0.5rem clamp(1rem,3.2vw,3rem);background:var(--paper);border-top:1px solid var(--hair);border-bottom:1px solid var(--hair);font-size:0.8125rem}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:0.2rem 1.15rem}
nav a{color:var(--ink);text-decoration:none;white-space:nowrap}
nav a:hover{text-decoration:underline}
.filter{margin-top:0.3rem}
.filter>summary,.asked summary,.numbers>summary{cursor:pointer;color:var(--link)}
.count{color:var(--ink);font-weight:600}
.boxes{display:grid;gap:0.6rem;padding:0.5rem 0 0.4rem;max-height:min(50vh,26rem);overflow-y:auto}
.filter fieldset{border:0;padding:0;margin:0;display:flex;flex-wrap:wrap;gap:0.3rem 1.25rem;min-width:0}
.filter legend{color:var(--muted);padding:0;margin-bottom:0.15rem}
.filter label{overflow-wrap:anywhere}
.tools{display:flex;flex-wrap:wrap;align-items:center;gap:0.5rem 1.25rem}
.tools input{font:inherit;color:inherit;background:var(--raised);border:1px solid var(--rule);border-radius:3px;padding:0.2rem 0.5rem;margin:0 0.35rem;width:9rem}
.tools button{font:inherit;color:var(--link);background:none;border:1px solid var(--rule);border-radius:3px;padding:0.2rem 0.7rem;cursor:pointer}
input{accent-color:var(--link)}

main>section{margin-top:clamp(2.5rem,5vw,3.75rem)}
main>section>header h2,tr[id],.methods dt{scroll-margin-top:6rem}
main>section>header{margin-bottom:1.25rem}
h2{font-size:1.5rem}
.lead{margin-top:0.25rem;max-width:90ch}
h3{font-size:1.0625rem}

.badge{display:inline-block;min-width:1.5em;padding:0 0.3em;border-radius:0.75em;background:var(--arm);color:var(--badge-ink);
  font:600 0.6875rem/1.5em var(--sans);text-align:center;vertical-align:0.1em;-webkit-print-color-adjust:exact;print-color-adjust:exact}
.arm-name{font-weight:600;overflow-wrap:anywhere}
.arm-options{font-weight:400;color:var(--muted)}
.class{white-space:nowrap;font-weight:600}
.class-A{color:var(--class-A)}.class-B{color:var(--class-B)}.class-C{color:var(--class-C)}.class-fail{color:var(--class-fail)}
.remark{display:inline-block;padding:0 0.4em;border:1px solid var(--class-fail);border-radius:2px;color:var(--class-fail);font-size:0.75rem;font-weight:500;line-height:1.5}
.remark.bound{border-color:var(--muted);color:var(--muted)}

.scroll{position:relative;overflow-x:auto;margin:0 -0.25rem;padding:0 0.25rem 0.5rem}
table{overflow-wrap:normal;border-collapse:collapse;width:100%;font-size:0.8125rem;line-height:1.4}
caption{text-align:left;color:var(--muted);padding-bottom:0.75rem;caption-side:top}
caption span{position:sticky;left:0;display:inline-block;max-width:min(110ch,100vw - 3rem)}
th,td{padding:0.5rem 0.35rem;text-align:right;vertical-align:top;font-weight:400}
thead th{vertical-align:bottom;font-weight:600;border-bottom:1px solid var(--rule);line-height:1.25}
thead a{color:inherit;text-decoration-color:var(--rule)}
.unit{display:block;font-weight:400;font-size:0.6875rem;white-space:nowrap}
.groups th,.groups td{border-bottom:0;padding-bottom:0.1rem}
.groups th{color:var(--muted);font-weight:600;text-align:left;font-size:0.75rem;letter-spacing:0.04em}
tbody th,tbody td{border-bottom:1px solid var(--hair)}
th:first-child{text-align:left;position:sticky;left:0;background:var(--paper);z-index:1;min-width:9.5rem;max-width:16rem;padding-left:0.25rem}
.edge{border-left:1px solid var(--hair)}
td .value{display:block;white-space:nowrap}
td .note{display:block;white-space:nowrap;font-size:0.6875rem;margin-top:0.1rem}
td.word,th.word{text-align:left}
.policies thead .speed-up{min-width:4.75rem}
.policies .baseline th,.policies .baseline td{border-bottom-color:var(--rule)}
.is-below .speed-up .value,.is-below .workload .value,.is-below .arm-name{text-decoration:line-through;text-decoration-color:var(--class-fail);text-decoration-thickness:1.5px}
.is-troubled th,.is-troubled td,.is-empty th,.is-empty td,.troubles td{background:var(--trouble)}
.is-troubled th:first-child,.is-empty th:first-child{box-shadow:inset 3px 0 0 var(--class-fail);padding-left:0.7rem}
.is-empty .arm-name,.is-empty td{font-style:italic}
.troubles td{text-align:left;padding-top:0;box-shadow:inset 3px 0 0 var(--class-fail)}
.troubles ul{position:sticky;left:0;display:inline-block;padding-left:1.75rem;max-width:min(90ch,100vw - 3rem);overflow-wrap:anywhere;color:var(--class-fail)}
.is-troubled:has(+.troubles) th,.is-troubled:has(+.troubles) td,.is-empty:has(+.troubles) th,.is-empty:has(+.troubles) td{border-bottom:0}
.noisy .decode,.noisy .speed-up,.noisy .workload,.noisy .verdict{color:var(--muted)}
.noisy td.speed-up .value::after,.noisy td.workload .value::after{content:" ?"}
.verdicts th,.verdicts td{vertical-align:middle}
.verdicts td,.verdicts thead th{text-align:left}
.verdicts thead th{vertical-align:bottom}
.verdicts .gain{width:26%;min-width:15rem}
.verdicts td.gain{padding-top:0.35rem;padding-bottom:0.35rem}
.verdicts .numbers{display:block;margin-top:-1px}
.verdicts .numbers .value,.verdicts .numbers .note{display:inline}
.verdicts td .note{font-size:0.75rem;display:inline}
.verdicts .is-below .gain .value{text-decoration:line-through;text-decoration-color:var(--class-fail)}
.verdicts .baseline th,.verdicts .baseline td{border-bottom-color:var(--rule)}
.verdicts tr:target th{box-shadow:inset 3px 0 0 var(--link)}
.verdicts tr:target th,.verdicts tr:target td{background:var(--raised)}
.verdict-faster{color:var(--class-A);font-weight:600}.verdict-slower{color:var(--class-fail);font-weight:600}
.verdict-inconclusive,.verdict-baseline{color:var(--muted)}.verdict-equivalent{font-weight:600}
.is-below .verdict-faster,.noisy .verdict-faster,.noisy .verdict-slower,.noisy .verdict-equivalent{color:var(--muted);font-weight:400}
.verdicts .blocks{white-space:nowrap;padding-right:1.25rem}
.verdicts .axis{margin-top:0.35rem}
.marks{display:flex;flex-wrap:wrap;gap:0.05rem 0.9rem;font-size:0.75rem}
.marks>span{white-space:nowrap;color:var(--muted);max-width:100%;overflow:hidden;text-overflow:ellipsis}
.gauge{display:inline-block;width:4.5rem;height:0.5rem;margin-right:0.5rem;vertical-align:0.05em}
.gauge .all{fill:var(--hair)}
.parity .unequal{color:var(--class-fail)}.parity .equal{color:var(--class-A)}
.examples td{text-align:left;padding-top:0}
.examples ul{padding-left:2.2rem;color:var(--muted)}
.numbers{font-size:0.8125rem;margin-top:0.75rem}
.numbers table{width:auto;margin-top:0.5rem}
.numbers td,.numbers th{text-align:left;padding:0.2rem 0.75rem 0.2rem 0.25rem}
.numbers th:first-child{min-width:3rem}
.timings .scroll+.scroll{margin-top:1.75rem}
.screens{margin-top:1.25rem}
.quality .suite th,.timing .suite th{font-weight:600;text-align:left;padding-top:1.1rem;max-width:none;position:static;border-bottom-color:var(--rule)}

.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,25rem),1fr));gap:2rem 2.5rem}
.card{border-top:2px solid var(--arm);padding-top:0.75rem;font-size:0.875rem}
.card h3{font-family:var(--sans);font-size:0.9375rem;margin-bottom:0.25rem}
.card dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:0.15rem 1rem;margin-top:0.6rem;font-size:0.8125rem}
.card dt,.facts dt{color:var(--muted)}
.card dd,.facts dd{overflow-wrap:anywhere}
.card ul{padding-left:1.1em}
.noise,.reasons{max-width:74ch}
.reasons{padding-left:1.1em;margin-top:0.5rem;overflow-wrap:anywhere}
.noise.noisy strong{color:var(--class-fail)}.noise.quiet strong{color:var(--class-A)}
.methods{columns:26rem 2;column-gap:3rem;font-size:0.875rem}
.methods div{break-inside:avoid;padding-bottom:0.9rem}
.methods dt{font-weight:600}
.methods dt:target{color:var(--link)}
.methods dd{overflow-wrap:anywhere;max-width:64ch}
.facts{font-size:0.8125rem}
.facts div{display:grid;grid-template-columns:minmax(8rem,16rem) minmax(0,1fr);gap:1rem;padding:0.3rem 0;border-bottom:1px solid var(--hair)}
.facts dt{overflow-wrap:anywhere}
code{font:0.75rem/1.5 var(--mono)}

@media (max-width:56rem){
  .pareto.wide{display:none}
  .key.narrow{display:flex}
  .pareto.narrow{display:block;max-width:min(100%,34rem)}
}
@media (min-width:64rem){
  .opening.warned{grid-template-columns:minmax(0,1.75fr) minmax(18rem,1fr)}
}
@media (max-width:64rem){
  .verdicts .by-suite{display:none}
}
@media (max-width:46rem){
  .topbar{position:static}
  nav ul{flex-wrap:nowrap;overflow-x:auto;padding-bottom:0.25rem}
  .verdicts,.verdicts tbody,.verdicts thead{display:block}
  .verdicts thead tr,.verdicts tbody tr{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));grid-auto-flow:dense;gap:0.2rem 1rem;padding:0.8rem 0;border-bottom:1px solid var(--hair)}
  .verdicts thead tr{padding:0;border:0}
  .verdicts thead th:not(.gain){position:absolute;width:1px;height:1px;min-width:0;overflow:hidden;clip-path:inset(50%)}
  .verdicts thead th.gain{grid-column:1/-1;border:0;padding:0}
  .verdicts tbody th,.verdicts tbody td{display:block;border:0;padding:0;position:static;max-width:none}
  .verdicts tbody th,.verdicts tbody td.gain{grid-column:1/-1;width:auto}
  .verdicts tbody .by-suite{display:block;grid-column:1/-1}
  .verdicts tbody td::before{content:attr(data-label) ": ";color:var(--muted);font-size:0.75rem}
  .verdicts tbody td.gain::before{content:none}
  .verdicts tbody td .marks{display:inline-flex}
  .verdicts caption{display:block}
  .verdicts .gauge{width:3rem}
}
@media (max-width:36rem){
  body{padding-bottom:3rem}
  th:first-child{min-width:8.5rem;max-width:8.5rem}
  .facts div{grid-template-columns:1fr;gap:0}
  .card dl,.asked{grid-template-columns:5.5rem minmax(0,1fr)}
  .methods{columns:1}
}
@media print{
  html{font-size:10px}
  body{max-width:none;padding:0}
  .topbar,.numbers,#details-panel{display:none}
  details:not([open])::details-content{content-visibility:visible;display:block;block-size:auto}
  .scroll{overflow:visible}
  table{font-size:0.6875rem}
  th,td{padding:0.25rem 0.3rem}
  th:first-child{position:static;min-width:0}
  tr,figure,.card,.sample,.output{break-inside:avoid}
  h2,h3{break-after:avoid}
}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
`;
