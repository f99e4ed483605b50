/** @jsxImportSource preact */
/**
 * Depth strips: the outputs of all arms on one prompt, token by token. A bar
 * under each token is as tall and as dark as the height at which it was read
 * out; the first token that differs from the baseline's is marked. What was read
 * of a token is its title, and in a table beneath the strips. Long outputs are cut
 * so that the file stays small; what was left out is said.
 *
 * @module
 */
import type { VNode } from "preact";
import type { StopReason } from "../harness/contract/record.ts";
import type { Sample, SampleOutput, SampleToken, Summary } from "../harness/contract/summary.ts";
import { number, percent, small, tenths, whole } from "./_format.ts";
import { HEIGHT_STEPS, heightStep } from "./_height_scale.ts";
import { armClass, ArmTitle } from "./_parts.tsx";
import { TokenTable } from "./_token_table.tsx";
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

/** Lines that say all of a token. */
function titleOf({ token, top, first }: TokenProps): string {
  const { read, given, instead } = token;
  const difference = first ? "first difference from full depth" : "differs from full depth";
  return [
    visibleToken(token.text),
    `height ${token.height} of ${top}, ${blocksText(token.blocksRun)} ${
      token.blocksRun === 1 ? "block" : "blocks"
    } run`,
    ...(read?.signals ?? []).map(({ name, value }) =>
      `${visibleLine(name)} ${number(value, small)} at height ${read!.height}`
    ),
    ...given === undefined ? [] : [
      `−ln p ${number(given.nll, small)}, full depth ${number(given.fullNll, small)}`,
      `KL ${number(given.kl, small)} nats`,
    ],
    ...token.differs
      ? [`${difference}${instead === undefined ? "" : `: ${visibleToken(instead)}`}`]
      : [],
  ].join("\n");
}

function Token({ token, top, first }: TokenProps): VNode {
  const text = visibleToken(token.text);
  const title = titleOf({ token, top, first });
  const height = `h${heightStep(token.height, top)}`;
  if (first) return <mark class={`t ${height}`} title={title}>{text}</mark>;
  return <span class={`t ${height}${token.differs ? " differs" : ""}`} title={title}>{text}</span>;
}

function Output({ output, summary, most }: {
  readonly output: SampleOutput;
  readonly summary: Summary;
  readonly most: number;
}): VNode {
  const index = summary.arms.findIndex((arm) => arm.label === output.arm);
  const first = output.tokens.findIndex((token) => token.differs);
  const top = summary.manifest.model.layerCount;
  const tokens = output.tokens.slice(0, most);
  const leftOut = output.tokens.length - tokens.length + (output.leftOut ?? 0);
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
          {output.forced === true ? "the given text" : ENDINGS[output.ended]}
        </span>
      </p>
      <p class="strip">
        {output.tokens.length === 0 ? <span class="none">— no token</span> : null}
        {tokens.map((token, i) => <Token token={token} top={top} first={i === first} />)}
      </p>
      {leftOut === 0 ? null : <p class="note">{whole(leftOut)} more tokens are left out</p>}
      {first < most
        ? null
        : <p class="note">the first difference is at token {first + 1}, beyond what is shown</p>}
    </div>
  );
}

const LONG_PROMPT = 400; // characters; longer ones are folded
const LONGEST_PROMPT = 8000; // characters; the rest is left out
const MOST_OUTPUTS = 24; // of a sample
const MOST_TOKENS = 8000; // over all samples

/** Tokens that each output may show. */
function fairShare(samples: readonly Sample[]): number {
  const outputs = samples.reduce(
    (total, sample) => total + Math.min(MOST_OUTPUTS, sample.outputs.length),
    0,
  );
  return Math.max(12, Math.floor(MOST_TOKENS / Math.max(1, outputs)));
}

/** A prompt or an answer, cut where it is very long. */
function cut(text: string): string {
  const beyond = text.length - LONGEST_PROMPT;
  if (beyond <= 0) return visibleText(text);
  return `${visibleText(text.slice(0, LONGEST_PROMPT))} … ${whole(beyond)} more characters`;
}

function SampleView({ sample, summary, most }: {
  readonly sample: Sample;
  readonly summary: Summary;
  readonly most: number;
}): VNode {
  const suite = summary.manifest.suites.findIndex(({ name }) => name === sample.suite);
  const outputs = sample.outputs.slice(0, MOST_OUTPUTS);
  const hidden = sample.outputs.length - outputs.length;
  const prompt = <pre>{cut(sample.prompt)}</pre>;
  return (
    <article class={suite < 0 ? "sample" : `sample suite-${suite + 1}`}>
      <h3>
        {visibleLine(sample.suite)} <code class="note">{itemName(sample.item)}</code>
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
              <pre>{cut(sample.target)}</pre>
            </dd>
          </>
        )}
      </dl>
      <div class="outputs">
        {outputs.map((output) => <Output output={output} summary={summary} most={most} />)}
      </div>
      {hidden === 0
        ? null
        : <p class="note">Outputs of {whole(hidden)} more policies are left out.</p>}
      <TokenTable outputs={outputs} summary={summary} most={most} />
    </article>
  );
}

const LONGEST_NAME = 24; // characters; digests are long, and the first ones tell them apart

function itemName(item: string): string {
  const name = visibleLine(item);
  const length = /^[0-9a-f]{32,}$/.test(name) ? 12 : LONGEST_NAME;
  return [...name].slice(0, length).join("");
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
        <mark class="t h16 key-token">token</mark> first difference from full depth
      </span>
      <span class="note">
        <span class="t h16 differs key-token">token</span> later difference
      </span>
      <span class="note">· ␣ space, ↵ line feed, ∅ no complete character</span>
    </p>
  );
}

/** All samples with their key. */
export function Strips({ summary }: { readonly summary: Summary }): VNode {
  const most = fairShare(summary.samples);
  if (summary.samples.length === 0) return <p class="none">— no sample outputs were kept</p>;
  return (
    <>
      <ScaleKey top={summary.manifest.model.layerCount} />
      {summary.samples.map((sample) => (
        <SampleView
          sample={sample}
          summary={summary}
          most={most}
        />
      ))}
    </>
  );
}
