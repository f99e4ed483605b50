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
  font:400 0.9375rem/1.55 var(--sans);font-variant-numeric:tabular-nums}
p,ul,ol,dl,dd,figure,h1,h2,h3,pre{margin:0;padding:0}
h1,h2,h3{font-family:var(--serif);font-weight:600;line-height:1.2;text-wrap:balance}
a{color:var(--link);text-decoration-thickness:1px;text-underline-offset:0.2em}
:focus-visible{outline:2px solid var(--focus);outline-offset:2px;border-radius:2px}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.note,.unit,.lead,.none,.absent{color:var(--muted)}
.note{font-size:0.8125em;font-weight:400}
.none{font-style:italic}

.masthead{padding:clamp(2rem,6vw,4.5rem) 0 0}
.brand{font:600 0.75rem/1 var(--sans);letter-spacing:0.16em;text-transform:uppercase;color:var(--muted);margin-bottom:1rem}
h1{font-size:clamp(1.75rem,1.2rem + 2.4vw,2.875rem);letter-spacing:-0.012em}
.origin{margin-top:0.75rem;color:var(--muted);max-width:90ch;overflow-wrap:anywhere}
.answer{margin-top:2rem;padding-left:1.25rem;border-left:3px solid var(--ink);max-width:74ch;font-family:var(--serif);font-size:1.0625rem}
.answer .first{font-size:clamp(1.1875rem,1.05rem + 0.7vw,1.5rem);line-height:1.4}
.answer p+p{margin-top:0.5rem}
.answer p{overflow-wrap:anywhere}
.warnings{margin-top:1.5rem;padding:0.75rem 1.25rem;background:var(--warn-paper);border-left:3px solid var(--warn);max-width:90ch}
.warnings h2{font:600 0.8125rem/1.5 var(--sans);color:var(--warn)}
.warnings ul{padding-left:1.1em;overflow-wrap:anywhere}
nav{margin-top:2.25rem;border-top:1px solid var(--hair);border-bottom:1px solid var(--hair);padding:0.5rem 0;font-size:0.875rem}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:0.25rem 1.5rem}
nav a{color:var(--ink);text-decoration:none}
nav a:hover{text-decoration:underline}

main>section{margin-top:clamp(2.75rem,6vw,4.25rem)}
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
table{border-collapse:collapse;width:100%;font-size:0.8125rem;line-height:1.4}
caption{text-align:left;color:var(--muted);padding-bottom:0.75rem;caption-side:top}
caption span{position:sticky;left:0;display:inline-block;max-width:min(74ch,100vw - 3rem)}
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
.quality .suite th{font-weight:600;text-align:left;padding-top:1.1rem;max-width:none;position:static;border-bottom-color:var(--rule)}

svg{display:block;max-width:100%;height:auto;font-family:var(--sans);overflow:visible}
svg text{white-space:pre}
.pareto{font-size:13px}
.pareto.wide{width:100%}
.histogram{font-size:12px}
.pareto.narrow,.key.narrow{display:none}
.pareto-fail text{stroke:none;text-decoration:line-through;fill:var(--muted)}
.noisy .pareto{opacity:0.75}
.legend,.key{list-style:none;display:flex;flex-wrap:wrap;gap:0.25rem 1.5rem;font-size:0.8125rem;color:var(--muted);margin-top:0.75rem}
.legend svg{display:inline-block;vertical-align:0.25em;width:1.75rem;height:3px;stroke:var(--muted);stroke-width:1.5;stroke-dasharray:2 4}
.legend .ink{color:var(--ink)}
.key{flex-direction:column;color:var(--ink)}
.multiples{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,16.5rem),1fr));gap:1.75rem 2rem}
.multiples figure{display:grid;grid-row:span 2;grid-template-rows:subgrid;row-gap:0.4rem}
.multiples figcaption{font-size:0.8125rem;line-height:1.4}
.multiples .note,.who .note{display:block}

.costs .bar{width:32%;min-width:12rem;text-align:left}
.costs thead th{white-space:nowrap}
.stack{width:100%;height:1.4rem}
.stack .full{stroke:var(--ink);stroke-width:1.5px;vector-effect:non-scaling-stroke}
.swatch{display:inline-block;width:0.7em;height:0.7em;border-radius:1px;background:var(--part);-webkit-print-color-adjust:exact;print-color-adjust:exact}
rect.part-blocks{fill:var(--part-blocks)}rect.part-readouts{fill:var(--part-readouts)}rect.part-probes{fill:var(--part-probes)}rect.part-fills{fill:var(--part-fills)}
.swatch.part-blocks{--part:var(--part-blocks)}.swatch.part-readouts{--part:var(--part-readouts)}.swatch.part-probes{--part:var(--part-probes)}.swatch.part-fills{--part:var(--part-fills)}
.total{font-weight:600}

.scale{display:flex;flex-wrap:wrap;align-items:flex-end;gap:0.5rem 1rem;margin-bottom:1.5rem}
.ramp{display:inline-flex;gap:1px;margin:0 -0.4rem}
.ramp .t{padding:0 0 15px;width:9px;margin:0}
.scale .t{margin:0 2px}
.sample{border-top:1px solid var(--hair);padding:1.25rem 0 1.5rem}
.asked{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:0.15rem 1rem;margin:0.5rem 0 1rem;font-size:0.8125rem}
.asked dt{color:var(--muted)}
pre{font:0.8125rem/1.5 var(--mono);white-space:pre-wrap;overflow-wrap:anywhere}
.outputs{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr));gap:1.25rem 2.5rem}
.who{font-size:0.8125rem;line-height:1.4;margin-bottom:0.5rem}
.strip{font-family:var(--mono);font-size:0.8125rem;line-height:1.3;overflow-wrap:anywhere}
.t{display:inline-block;max-width:100%;margin:0 1px 7px 0;padding:0 1px 15px;color:var(--ink);vertical-align:bottom;white-space:pre-wrap;
  background:linear-gradient(var(--c),var(--c)) no-repeat 0 100%/100% calc(var(--k)*0.7px + 2px);-webkit-print-color-adjust:exact;print-color-adjust:exact}
.t.differs{text-decoration:underline dotted var(--class-fail) 1.5px;text-underline-offset:2px}
mark.t{color:var(--class-fail);font-weight:700;box-shadow:0 0 0 1.5px var(--class-fail);border-radius:1px;margin-left:2px;margin-right:3px}

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
.methods dt{font-weight:600;scroll-margin-top:1rem}
.methods dt:target{color:var(--link)}
.methods dd{overflow-wrap:anywhere;max-width:64ch}
.facts{font-size:0.8125rem}
.facts div{display:grid;grid-template-columns:minmax(8rem,16rem) minmax(0,1fr);gap:1rem;padding:0.3rem 0;border-bottom:1px solid var(--hair)}
.facts dt{overflow-wrap:anywhere}
code{font:0.75rem/1.5 var(--mono)}

.filter{margin-top:2rem;font-size:0.8125rem}
.filter summary,.asked summary{cursor:pointer;color:var(--link)}
.filter fieldset{border:0;padding:0;margin:0.75rem 0 0;display:flex;flex-wrap:wrap;gap:0.35rem 1.5rem}
.filter legend{color:var(--muted);padding:0;margin-bottom:0.25rem}
input{accent-color:var(--link)}

@media (max-width:56rem){
  .pareto.wide{display:none}
  .pareto.narrow,.key.narrow{display:flex}
  .pareto.narrow{display:block;max-width:min(100%,34rem)}
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
  nav,.filter{display:none}
  .scroll{overflow:visible}
  table{font-size:0.6875rem}
  th,td{padding:0.25rem 0.3rem}
  th:first-child{position:static;min-width:0}
  tr,figure,.card,.sample,.output{break-inside:avoid}
  h2,h3{break-after:avoid}
}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
`;
