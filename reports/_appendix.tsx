/** @jsxImportSource preact */
/**
 * Noise of the timing, and what ran where: environment and digests.
 *
 * @module
 */
import type { ComponentChildren, VNode } from "preact";
import type { Summary } from "../harness/contract/summary.ts";
import { interval, number, percent, ratio, small, whole } from "./_format.ts";
import { isNoisy } from "./_standing.ts";
import { visibleLine } from "./_visible.ts";

/** How far the baseline's own copy was from the baseline, and what follows. */
export function NoiseView({ summary }: { readonly summary: Summary }): VNode {
  const { noise } = summary;
  if (noise === undefined) return <p class="none">— nothing was timed</p>;
  return (
    <>
      <p class={`noise ${noise.verdict}`}>
        <strong>{isNoisy(summary) ? "Noisy" : "Quiet"}.</strong>{" "}
        The baseline ran twice under two names. Its copy measured{" "}
        <span class="value">{number(noise.sentinel.value, ratio)} ×</span>{" "}
        <span class="note">{interval(noise.sentinel, ratio)}</span>{" "}
        of its speed, where exactly 1 is true. Verdicts used a margin of{" "}
        <span class="value">{number(noise.margin, percent)} %</span>.
      </p>
      {noise.reasons.length === 0
        ? null
        : <ul class="reasons">{noise.reasons.map((reason) => <li>{visibleLine(reason)}</li>)}</ul>}
    </>
  );
}

function Row({ term, children }: {
  readonly term: string;
  readonly children: ComponentChildren;
}): VNode {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What ran, where, and the digests that pin it. */
export function EnvironmentView({ summary }: { readonly summary: Summary }): VNode {
  const { manifest } = summary;
  const { model, environment: where, backend } = manifest;
  return (
    <dl class="facts">
      <Row term="model">
        {visibleLine(
          `${model.name}: ${model.family}, ${model.layerCount} blocks × ${model.dModel}, ` +
            `${model.heads} heads, ${model.kvHeads} KV heads, FFN ${model.ffnSize}, ` +
            `vocabulary ${model.vocabSize}${model.tiedHead ? " (tied head)" : ""}, ` +
            `context ${model.context}`,
        )}
      </Row>
      <Row term="backend">
        {visibleLine([`${backend.name} ${backend.kernels}`, ...backend.features].join(", "))}
      </Row>
      <Row term="processor">{visibleLine(where.cpu)}, {whole(where.cores)} logical cores</Row>
      <Row term="memory">{whole(where.memoryBytes)} bytes</Row>
      <Row term="system">{visibleLine(where.os)}</Row>
      <Row term="runtime">{visibleLine(where.runtime)}</Row>
      <Row term="load at start">{number(where.loadAverage, ratio)}</Row>
      <Row term="clock">
        step {number(where.clockStepMs, small)} ms, call {number(where.clockCostMs, small)} ms
      </Row>
      <Row term="started">{visibleLine(manifest.started)}</Row>
      <Row term="harness">{visibleLine(manifest.harness)}, record schema {manifest.schema}</Row>
      <Row term="passes">{manifest.passes.join(", ")}</Row>
      <Row term="timed tokens">{whole(manifest.timedTokens)} per visit</Row>
      <Row term="run digest">
        <code>{visibleLine(manifest.digest)}</code>
      </Row>
      <Row term="weights digest">
        <code>{visibleLine(model.digest)}</code>
      </Row>
      <Row term="tokenizer digest">
        <code>{visibleLine(manifest.tokenizer)}</code>
      </Row>
      {manifest.suites.map((suite) => (
        <Row term={`suite ${visibleLine(suite.name)}`}>
          version {suite.version}, {suite.split} split, seed {suite.seed},{" "}
          <code>{visibleLine(suite.digest)}</code>
        </Row>
      ))}
      {manifest.arms.map((arm) => (
        <Row term={arm.role === "sentinel" ? "A/A sentinel" : visibleLine(arm.label)}>
          <code>{visibleLine(arm.digest)}</code>
        </Row>
      ))}
    </dl>
  );
}
