/** @jsxImportSource preact */
/**
 * Policy cards: where each policy comes from, what it needs, where it departs
 * from its paper, and the options it ran with.
 *
 * @module
 */
import type { VNode } from "preact";
import type { ArmSummary, Summary } from "../harness/contract/summary.ts";
import { armClass, ArmTitle } from "./_parts.tsx";
import { remarksOf } from "./_standing.ts";
import { visibleLine } from "./_visible.ts";

const TRAINING = {
  none: "none",
  recommended: "recommended: a model trained for it does better",
  required: "required: the model must be trained for it",
} as const;

/** Options as `name = value`, in the order of the names. */
function optionsText(options: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(options).toSorted();
  if (names.length === 0) return "none";
  return names.map((name) => `${name} = ${JSON.stringify(options[name]) ?? "unset"}`).join(", ");
}

function Entry({ term, text }: { readonly term: string; readonly text: string }): VNode {
  return (
    <>
      <dt>{term}</dt>
      <dd>{visibleLine(text)}</dd>
    </>
  );
}

function Card(
  { arm, index, summary }: {
    readonly arm: ArmSummary;
    readonly index: number;
    readonly summary: Summary;
  },
): VNode {
  const { card } = arm;
  const used = summary.manifest.arms.find(({ label }) => label === arm.label);
  const remarks = remarksOf(arm);
  return (
    <article class={`card ${armClass(index)}`}>
      <h3>
        <ArmTitle arm={arm} index={index} />
      </h3>
      <p>{visibleLine(card.summary)}</p>
      <dl>
        <Entry term="paper" text={card.source} />
        <Entry term="acts on" text={card.acts.join(", ")} />
        <Entry
          term="output"
          text={card.lossless ? "lossless by construction" : "lossy: tokens may differ"}
        />
        {card.deployable === false
          ? <Entry term="deployable" text="no: an upper bound, known only in hindsight" />
          : null}
        <Entry term="training" text={TRAINING[card.training]} />
        <Entry term="layers" text={card.layers} />
        <Entry term="KV fill" text={arm.fill} />
        {used === undefined ? null : <Entry term="options" text={optionsText(used.options)} />}
        <dt>deviations</dt>
        <dd>
          {card.deviations.length === 0
            ? "none"
            : <ul>{card.deviations.map((text) => <li>{visibleLine(text)}</li>)}</ul>}
        </dd>
        {remarks.length === 0 ? null : <Entry term="this run" text={remarks.join(", ")} />}
      </dl>
    </article>
  );
}

/** One card per arm. */
export function Cards({ summary }: { readonly summary: Summary }): VNode {
  return (
    <div class="cards">
      {summary.arms.map((arm, index) => <Card arm={arm} index={index} summary={summary} />)}
    </div>
  );
}
