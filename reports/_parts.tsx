/** @jsxImportSource preact */
/**
 * Small parts that several sections of the page share.
 *
 * @module
 */
import type { ComponentChildren, VNode } from "preact";
import type { ArmSummary, QualityClass } from "../harness/contract/summary.ts";
import { CLASS_SIGN } from "./_standing.ts";
import { visibleLine } from "./_visible.ts";

/** Number of distinct arm colours; later arms repeat them. */
export const ARM_COLOURS = 9;

/** Class names of an arm's parts: its filter class and its colour. */
export function armClass(index: number): string {
  return `arm-${index + 1} hue-${index % ARM_COLOURS}`;
}

/** Where the name of an arm leads: its row in the table of verdicts. */
export function armAnchor(index: number): string {
  return `#verdict-${index + 1}`;
}

/** The arm's number on its colour, the same in every section. */
export function ArmBadge({ index }: { readonly index: number }): VNode {
  return <span class={`badge hue-${index % ARM_COLOURS}`}>{index + 1}</span>;
}

/** Splits a label after its name: `calm` and `(threshold=0.9)`. */
export function splitLabel(label: string): readonly [string, string] {
  const text = visibleLine(label);
  const open = text.indexOf("(");
  return open <= 0 ? [text, ""] : [text.slice(0, open), text.slice(open)];
}

/** Text that may be broken after underscores, commas and brackets. */
function Breakable({ text }: { readonly text: string }): VNode {
  const pieces = text.split(/(?<=[_,(/=:;+])/);
  return <>{pieces.map((piece, i) => i === 0 ? piece : <>{[<wbr />, piece]}</>)}</>;
}

/** An arm's label: name, then options in a quieter voice. */
export function ArmName({ label }: { readonly label: string }): VNode {
  const [name, options] = splitLabel(label);
  return (
    <bdi class="arm-name">
      <Breakable text={name} />
      {options === "" ? null : (
        <span class="arm-options">
          <wbr />
          <Breakable text={options} />
        </span>
      )}
    </bdi>
  );
}

/** Badge and label of an arm. */
export function ArmTitle(
  { arm, index }: { readonly arm: Pick<ArmSummary, "label">; readonly index: number },
): VNode {
  return (
    <>
      <ArmBadge index={index} /> <ArmName label={arm.label} />
    </>
  );
}

/** A quality class: shape, letter, colour. */
export function QualityMark({ quality }: { readonly quality: QualityClass }): VNode {
  return (
    <span class={`class class-${quality}`}>
      <span aria-hidden="true">{CLASS_SIGN[quality]}</span> {quality}
    </span>
  );
}

/** Properties of {@linkcode Section}. */
export interface SectionProps {
  /** Fragment identifier. */
  readonly id: string;
  /** Heading. */
  readonly title: string;
  /** One sentence that says how to read it. */
  readonly lead?: string;
  /** Content. */
  readonly children: ComponentChildren;
}

/** A section with its heading. */
export function Section({ id, title, lead, children }: SectionProps): VNode {
  return (
    <section aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {lead === undefined ? null : <p class="lead">{lead}</p>}
      </header>
      {children}
    </section>
  );
}

/** A table that scrolls sideways where it must, by keyboard too. */
export function WideTable(
  { label, children }: { readonly label: string; readonly children: ComponentChildren },
): VNode {
  return (
    <div class="scroll" role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
