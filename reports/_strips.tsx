/** @jsxImportSource preact */
/**
 * Depth strips: the outputs of all arms on one prompt, token by token. A bar
 * under each token is as tall and as dark as the height at which it was read
 * out; the first token that differs from the baseline's is marked.
 *
 * @module
 */
import type { VNode } from "preact";
import type { StopReason } from "../harness/contract/record.ts";
import type { Sample, SampleOutput, SampleToken, Summary } from "../harness/contract/summary.ts";
import { number, percent, tenths } from "./_format.ts";
import { HEIGHT_STEPS, heightStep } from "./_height_scale.ts";
import { armClass, ArmTitle } from "./_parts.tsx";
import { visibleLine, visibleText, visibleToken } from "./_visible.ts";

const ENDINGS: Readonly<Record<StopReason, string>> = {
  stop: "stopped at the suite’s stop text",
  eos: "ended itself",
  limit: "cut at the token limit",
  context: "filled the context",
  policy: "stopped by the policy",
};

/** Blocks are whole or halves; whole ones need no decimal. */
function blocksText(blocks: number): string {
  return Number.isInteger(blocks) ? String(blocks) : number(blocks, tenths);
}

interface TokenProps {
  readonly token: SampleToken;
  readonly top: number;
  readonly first: boolean;
}

function Token({ token, top, first }: TokenProps): VNode {
  const text = visibleToken(token.text);
  const title = `${text} · height ${token.height} of ${top} · ${
    blocksText(token.blocksRun)
  } blocks run${
    first
      ? " · first difference from the baseline"
      : token.differs
      ? " · differs from the baseline"
      : ""
  }`;
  const height = `h${heightStep(token.height, top)}`;
  if (first) return <mark class={`t ${height}`} title={title}>{text}</mark>;
  return <span class={`t ${height}${token.differs ? " differs" : ""}`} title={title}>{text}</span>;
}

function Output(
  { output, summary }: { readonly output: SampleOutput; readonly summary: Summary },
): VNode {
  const index = summary.arms.findIndex((arm) => arm.label === output.arm);
  const first = output.tokens.findIndex((token) => token.differs);
  const top = summary.manifest.model.layerCount;
  return (
    <div class={`output ${index < 0 ? "" : armClass(index)}`.trim()}>
      <p class="who">
        {index < 0 ? visibleLine(output.arm) : (
          <ArmTitle
            arm={{ label: output.arm }}
            index={index}
          />
        )}
        <span class="note">
          {output.score === undefined ? "" : ` score ${number(output.score, percent)} % ·`}{" "}
          {ENDINGS[output.ended]}
        </span>
      </p>
      <p class="strip">
        {output.tokens.length === 0 ? <span class="none">— no token</span> : null}
        {output.tokens.map((token, i) => <Token token={token} top={top} first={i === first} />)}
      </p>
    </div>
  );
}

const LONG_PROMPT = 400; // characters; longer ones are folded

function SampleView(
  { sample, summary }: { readonly sample: Sample; readonly summary: Summary },
): VNode {
  const suite = summary.manifest.suites.findIndex(({ name }) => name === sample.suite);
  const prompt = <pre>{visibleText(sample.prompt)}</pre>;
  return (
    <article class={suite < 0 ? "sample" : `sample suite-${suite + 1}`}>
      <h3>
        {visibleLine(sample.suite)} <span class="note">{visibleLine(sample.item)}</span>
      </h3>
      <dl class="asked">
        <dt>prompt</dt>
        <dd>
          {sample.prompt.length <= LONG_PROMPT ? prompt : (
            <details>
              <summary>{visibleLine(sample.prompt.slice(0, 120))}…</summary>
              {prompt}
            </details>
          )}
        </dd>
        {sample.target === "" ? null : (
          <>
            <dt>expected</dt>
            <dd>
              <pre>{visibleText(sample.target)}</pre>
            </dd>
          </>
        )}
      </dl>
      <div class="outputs">
        {sample.outputs.map((output) => <Output output={output} summary={summary} />)}
      </div>
    </article>
  );
}

function ScaleKey({ top }: { readonly top: number }): VNode {
  return (
    <p class="scale">
      <span class="note">height 0</span>
      <span class="ramp" aria-hidden="true">
        {Array.from({ length: HEIGHT_STEPS + 1 }, (_, step) => <i class={`t h${step}`} />)}
      </span>
      <span class="note">{top} (full depth)</span>
      <span class="note">
        <mark class="t h16">token</mark> first difference from full depth
      </span>
      <span class="note">
        <span class="t h16 differs">token</span> later difference
      </span>
      <span class="note">· ␣ space, ↵ line feed, ∅ no complete character</span>
    </p>
  );
}

/** All samples with their key. */
export function Strips({ summary }: { readonly summary: Summary }): VNode {
  if (summary.samples.length === 0) return <p class="none">— no sample outputs were kept</p>;
  return (
    <>
      <ScaleKey top={summary.manifest.model.layerCount} />
      {summary.samples.map((sample) => <SampleView sample={sample} summary={summary} />)}
    </>
  );
}
