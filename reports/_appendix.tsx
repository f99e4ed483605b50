/** @jsxImportSource preact */
/**
 * Noise of the timing, and what ran where: environment and digests.
 *
 * @module
 */
import type { ComponentChildren, VNode } from "preact";
import type { NoiseScreen, Summary } from "../harness/contract/summary.ts";
import { interval, number, percent, ratio, small, whole } from "./_format.ts";
import { MethodLink } from "./_methods.tsx";
import { armClass, ArmTitle, WideTable } from "./_parts.tsx";
import { isNoisy } from "./_standing.ts";
import { visibleLine } from "./_visible.ts";

/** What the decode times of each arm look like; nothing was removed because of it. */
function Screens({ summary, screens }: {
  readonly summary: Summary;
  readonly screens: readonly NoiseScreen[];
}): VNode | null {
  if (screens.length === 0) return null;
  return (
    <WideTable label="Noise of each policy">
      <table class="screens">
        <caption>
          <span>
            <MethodLink summary={summary} term="noise screen">Outliers are counted</MethodLink>{" "}
            and kept.
          </span>
        </caption>
        <thead>
          <tr>
            <th scope="col">policy</th>
            <th scope="col">visits</th>
            <th scope="col">
              outliers<span class="unit">[14.8 MAD]</span>
            </th>
            <th scope="col">
              mild<span class="unit">[1.5 IQR]</span>
            </th>
            <th scope="col">
              extreme<span class="unit">[3 IQR]</span>
            </th>
            <th scope="col">
              autocorrelation<span class="unit">[lag 1]</span>
            </th>
            <th scope="col">
              drift<span class="unit">[% over the session]</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {screens.map((screen) => {
            const { arm, visits, outliers, mild, extreme, autocorrelation, drift } = screen;
            const index = summary.arms.findIndex(({ label }) => label === arm);
            return (
              <tr class={index < 0 ? undefined : armClass(index)}>
                <th scope="row">
                  {index < 0 ? visibleLine(arm) : <ArmTitle arm={{ label: arm }} index={index} />}
                </th>
                <td>{whole(visits)}</td>
                <td>{whole(outliers)}</td>
                <td>{whole(mild)}</td>
                <td>{whole(extreme)}</td>
                <td>{number(autocorrelation, ratio)}</td>
                <td>
                  <span class="value">{number(drift?.value, percent)}</span> {drift === undefined
                    ? null
                    : <span class="note">{interval({ ...drift, clusters: visits }, percent)}</span>}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </WideTable>
  );
}

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
      <Screens summary={summary} screens={noise.screens ?? []} />
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
