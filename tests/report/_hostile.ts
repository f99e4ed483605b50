/**
 * Strings that try to leave every context that a report puts text in, and a
 * summary that holds each of them everywhere.
 *
 * @module
 */
import type { ArmSummary, Sample, Summary } from "../../harness/contract/summary.ts";
import { SUMMARY } from "../../reports/testdata/summary.ts";

const HIT = "globalThis.hit=1";

/** The strings; each is different from the others. */
export const HOSTILE: readonly string[] = [
  `<script>${HIT}</script>`,
  `</script><script>${HIT}</script>`,
  `</style><script>${HIT}</script>`,
  `</title><script>${HIT}</script>`,
  `</pre></code></textarea><script>${HIT}</script>`,
  `--><script>${HIT}</script><!--`,
  `]]><script>${HIT}</script><![CDATA[`,
  `<img src=x onerror=${HIT}>`,
  `"><svg onload=${HIT}>`,
  `'><svg/onload='${HIT}'>`,
  `" onmouseover="${HIT}" x="`,
  `' onfocus='${HIT}' autofocus tabindex='1`,
  `<svg><style>*{display:none}</style></svg>`,
  `<svg><a xlink:href="javascript:${HIT}"><text y="9">go</text></a></svg>`,
  `<math><mtext><script>${HIT}</script></mtext></math>`,
  `javascript:${HIT}`,
  `data:text/html,<script>${HIT}</script>`,
  `<iframe srcdoc="<script>parent.hit=1</script>"></iframe>`,
  `<link rel=stylesheet href=http://evil.example/a.css>`,
  `<base href="http://evil.example/">`,
  `<meta http-equiv=refresh content="0;url=http://evil.example/">`,
  `<form action=http://evil.example/><button autofocus onfocus=${HIT}>go</button></form>`,
  `}*{background:url(http://evil.example/x.png)}`,
  `<details open ontoggle=${HIT}><summary>go</summary></details>`,
  `<template><script>${HIT}</script></template><noscript><img src=x></noscript>`,
  `&lt;script&gt;${HIT}&lt;/script&gt;`,
  `&#60;img src=x onerror=${HIT}&#62;`,
  "{{constructor.constructor('" + HIT + "')()}}${" + HIT + "}",
  `__proto__`,
  `\u202e\u2066<b>gro.live//:ptth</b>\u2069`,
  `\u0000\u0007\u001b[2J\u009b31m<b>red</b>`,
  `line\u2028${HIT}\u2029//\ufeff\u200b`,
  `lone \ud800 surrogate <b> \udfff`,
  `=cmd|'/c calc'!A1 <x-tag>`,
  `${"A".repeat(300)}<b>long</b>`,
];

/** Items are named after their place: pages cut long names. */
export function itemName(i: number): string {
  return `<i${i}>"'&`;
}

function armOf(text: string, base: ArmSummary): ArmSummary {
  return {
    ...base,
    label: text,
    card: {
      ...base.card,
      summary: text,
      source: text,
      layers: text,
      deviations: [text],
    },
    troubles: [text],
    speed: {
      ...base.speed!,
      suites: base.speed!.suites!.map((speed) => ({ ...speed, suite: suiteName(0) })),
      skippedCells: [{ suite: text, level: text, reason: text }],
    },
    quality: base.quality.map((quality, i) => ({ ...quality, suite: suiteName(i) })),
    confidence: {
      signal: text,
      kind: "margin",
      bins: [
        {
          height: 3,
          confidence: 0.9,
          agreement: { value: 0.5, low: 0.4, high: 0.6, clusters: 9 },
          tokens: 20,
        },
      ],
      leftOut: 0,
    },
  };
}

/** Suites are named by the first strings. */
function suiteName(i: number): string {
  return HOSTILE[i]!;
}

function sampleOf(text: string, i: number): Sample {
  const tokens = [{
    text,
    height: 3,
    blocksRun: 3,
    differs: true,
    instead: text,
    read: { height: 3, signals: [{ name: text, value: 0.5 }] },
  }];
  return {
    suite: suiteName(i % SUMMARY.manifest.suites.length),
    item: itemName(i),
    prompt: text,
    target: text,
    outputs: [{ arm: text, tokens, ended: "limit" }, {
      arm: `unknown ${text}`,
      tokens,
      ended: "stop",
    }],
  };
}

/** A summary with every string in every context. */
export function hostileSummary(): Summary {
  const { manifest, parity, noise } = SUMMARY;
  const base = SUMMARY.arms[1]!;
  const arms = [SUMMARY.arms[0]!, ...HOSTILE.map((text) => armOf(text, base))];
  const all = HOSTILE.join(" | ");
  return {
    ...SUMMARY,
    manifest: {
      ...manifest,
      digest: all,
      harness: all,
      started: all,
      tokenizer: all,
      model: { ...manifest.model, name: all, family: all, digest: all },
      backend: { name: all, kernels: all, features: HOSTILE },
      arms: arms.map(({ label, fill, role, card }) => ({
        label,
        policy: label,
        options: { [label]: label },
        fill,
        role,
        card,
        digest: label,
      })),
      suites: manifest.suites.map((suite, i) => ({
        ...suite,
        name: suiteName(i),
        summary: all,
        digest: all,
      })),
      environment: { ...manifest.environment, cpu: all, os: all, runtime: all },
    },
    answer: HOSTILE,
    choices: HOSTILE.flatMap((text) => [
      { quality: "A" as const, reason: text },
      {
        quality: "C" as const,
        arm: text,
        gain: base.speed!.perPrompt,
        lowest: { suite: text, ratio: base.speed!.perPrompt },
      },
    ]),
    arms,
    pareto: {
      ...SUMMARY.pareto!,
      points: arms.map((arm, i) => ({
        ...SUMMARY.pareto!.points[1]!,
        label: arm.label,
        speed: { value: 1 + i / 10, low: 1, high: 2 + i / 10, clusters: 9 },
      })),
    },
    noise: { ...noise!, reasons: HOSTILE },
    samples: HOSTILE.map(sampleOf),
    parity: {
      ...parity!,
      there: { name: all, kernels: all, features: HOSTILE },
      run: all,
      notCompared: HOSTILE,
      arms: HOSTILE.map((text) => ({
        ...parity!.arms[1]!,
        arm: text,
        examples: [{
          suite: text,
          item: text,
          position: 0,
          kind: "token",
          here: text,
          there: text,
        }],
      })),
    },
    curves: {
      study: "curves",
      summary: all,
      lines: HOSTILE,
      claims: HOSTILE.map((text) => ({
        paper: text,
        claim: text,
        how: text,
        criterion: text,
        verdict: "not tested",
        remark: text,
      })),
      charts: [{
        caption: all,
        x: "cost",
        y: "agreement",
        series: HOSTILE.map((text, i) => ({
          name: text,
          points: [{ x: i, y: { value: 0.5, low: 0.4, high: 0.6, clusters: 9 }, label: text }],
        })),
      }],
      tables: [{
        caption: all,
        columns: ["name", ...HOSTILE],
        rows: HOSTILE.map((text) => [text, ...HOSTILE]),
      }],
    },
    warnings: HOSTILE,
    methods: [
      ...HOSTILE.map((text) => ({ term: text, definition: text })),
      ...SUMMARY.methods,
    ],
  };
}
