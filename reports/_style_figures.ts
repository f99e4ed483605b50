/**
 * Figures and depth strips of the HTML report, as CSS.
 *
 * @module
 */

/** Rules that depend on nothing but the palette's variables. */
export const FIGURES = `
.curves{margin:0 0 2rem}
.curves figcaption{color:var(--muted);font-size:0.875rem;margin-bottom:0.5rem}
.line-key{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:0.3rem 1.5rem;font-size:0.8125rem}
.line-key li{display:flex;align-items:center;gap:0.4rem;overflow-wrap:anywhere}
.finding{max-width:90ch;margin-bottom:0.5rem;overflow-wrap:anywhere}
.claims th[scope=row]{max-width:44rem;white-space:normal;text-align:left;font-weight:500}
.claims td{vertical-align:top}
.claims td .note{display:block;max-width:18rem;white-space:normal}
.claim.holds .verdict{color:var(--class-A)}
.claim.does-not-hold .verdict{color:var(--class-fail)}
.claim.not-tested .verdict{color:var(--muted)}
svg{display:block;max-width:100%;height:auto;font-family:var(--sans);overflow:visible}
svg text{white-space:pre}
.pareto{font-size:13px}
.pareto.wide{width:100%}
.histogram{font-size:12px}
.pareto.narrow,.key.narrow{display:none}
.point circle{fill:transparent;stroke:none}
.point:hover circle,.point:focus circle{stroke:var(--focus);stroke-width:2px}
.point:focus{outline:none}
.forest{width:100%;max-width:22rem;height:auto;overflow:visible}
.forest .band{fill:var(--hair)}
.forest .one{stroke:var(--rule)}
.forest .bar{stroke-width:2.5}
.forest .whisker{stroke-width:1}
.forest.axis text{font-size:11px;fill:var(--muted);font-weight:400}
.forest.axis line{stroke:var(--rule)}
.forest{--tone:var(--muted)}
.forest.says-faster{--tone:var(--class-A)}.forest.says-slower{--tone:var(--class-fail)}.forest.says-equivalent{--tone:var(--class-B)}.forest.is-baseline{--tone:var(--ink)}
.noisy .forest{--tone:var(--muted)}
.forest .bar,.forest .whisker{stroke:var(--tone)}
.forest .mark,.forest .end{fill:var(--tone)}
.forest.is-gated .mark{fill:var(--paper);stroke:var(--class-fail);stroke-width:1.5}
.forest.is-baseline .bar{display:none}
.waterfalls{margin-bottom:2rem}
.waterfalls .multiples{margin-top:1rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,19rem),1fr))}
.waterfall{font-size:12px}
.waterfall text{fill:var(--muted)}
.waterfall .ms{fill:var(--ink)}
.waterfall .full{stroke:var(--rule);stroke-dasharray:3 3}
.waterfall .step{stroke:var(--rule)}
.waterfall .part-step{fill:var(--muted)}
.waterfall .part-residual{fill:var(--paper);stroke:var(--muted);stroke-width:1.25}
.waterfall .part-residual.red{fill:var(--class-fail);stroke:var(--class-fail)}
.waterfall .part-measured{fill:var(--ink)}
.calibration{font-size:12px}
.histogram,.calibration,.waterfall{width:100%;max-width:24rem}
#details-panel{position:fixed;z-index:10;max-width:min(22rem,calc(100vw - 1rem));padding:0.45rem 0.7rem;background:var(--ink);color:var(--paper);border-radius:4px;font:400 0.8125rem/1.45 var(--sans);overflow-wrap:anywhere;pointer-events:none;box-shadow:0 2px 12px rgb(0 0 0/0.25)}
#details-panel[hidden]{display:none}
#details-panel>*{display:block;white-space:pre-wrap}
#details-panel strong{font-family:var(--mono);font-weight:600}
.pareto-fail text{stroke:none;text-decoration:line-through;fill:var(--muted)}
.noisy .pareto{filter:grayscale(1)}
.legend,.key{list-style:none;display:flex;flex-wrap:wrap;gap:0.25rem 1.5rem;font-size:0.8125rem;color:var(--muted);margin-top:0.75rem}
.legend svg{display:inline-block;vertical-align:0.25em;width:1.75rem;height:3px;stroke:var(--muted);stroke-width:1.5;stroke-dasharray:2 4}
.legend .ink{color:var(--ink)}
.key{flex-direction:column;color:var(--ink)}
.multiples{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,16.5rem),1fr));gap:1.75rem 2rem}
.multiples figure{display:grid;grid-row:span 2;grid-template-rows:subgrid;row-gap:0.4rem}
.multiples figcaption{font-size:0.8125rem;line-height:1.4}
.multiples figcaption .note,.who .note{display:block}

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
.t:hover,.t:focus{outline:2px solid var(--focus);outline-offset:0}
.strip{font-family:var(--mono);font-size:0.8125rem;line-height:1.3;overflow-wrap:anywhere}
.t{display:inline-block;max-width:100%;margin:0 1px 7px 0;padding:0 1px 15px;color:var(--ink);vertical-align:bottom;white-space:pre-wrap;
  background:linear-gradient(var(--c),var(--c)) no-repeat 0 100%/100% calc(var(--k)*0.7px + 2px);-webkit-print-color-adjust:exact;print-color-adjust:exact}
.t.differs{text-decoration:underline dotted var(--class-fail) 1.5px;text-underline-offset:2px}
.key-token{margin-bottom:0}
mark.t{background-color:transparent;color:var(--class-fail);font-weight:700;box-shadow:0 0 0 1.5px var(--class-fail);border-radius:1px;margin-left:2px;margin-right:3px}
`;
