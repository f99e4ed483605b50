/**
 * Draft policies as evidence runs them, by the model's depth.
 *
 * @module
 */

/** Specs whose drafts are of every kind; searches run online. */
export function losslessSpecs(layerCount: number): readonly string[] {
  const third = Math.round(layerCount / 3);
  const inner = Array.from({ length: layerCount - 2 }, (_, i) => i + 1);
  const odd = inner.filter((block) => block % 2 === 1).join(",");
  return [
    `layer_skip(exit=${third},draft=4)`,
    `layer_skip(exit=${layerCount - 1},draft=3,prompt=true)`,
    `draft_and_verify(attention=[${odd}],mlp=[],draft=6,threshold=0.3)`,
    "swift(interval=1,context=16,draft=6,stop=0.3)",
    "del(draft=6)",
    "conf_layers(context=8,interval=6,draft=6,stop=0.3)",
    `valade_draft(at=[${third},${2 * third}],thresholds=[0.4],head=shared)`,
    "prompt_lookup",
    `prompt_lookup | layer_skip(exit=${third},draft=3)`,
  ];
}

/** Specs that are timed: those that search are left to their frozen sets. */
export function timedSpecs(layerCount: number): readonly string[] {
  const third = Math.round(layerCount / 3);
  const late = Array.from({ length: Math.round(layerCount / 4) }, (_, i) => 2 * third - 1 - i)
    .sort((a, b) => a - b).join(",");
  return [
    `layer_skip(exit=${third},draft=3)`,
    `layer_skip(exit=${2 * third},draft=3)`,
    `draft_and_verify(attention=[${late}],mlp=[${late}],draft=4,threshold=0.6)`,
    "del(draft=6)",
    `valade_draft(at=[${third}],thresholds=[0.3],head=shared,draft=6)`,
    "prompt_lookup(draft=8)",
    "prompt_lookup(ngram=4,shortest=3,draft=4)",
    `prompt_lookup(draft=8) | layer_skip(exit=${third},draft=2)`,
  ];
}
