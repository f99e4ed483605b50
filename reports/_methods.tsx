/** @jsxImportSource preact */
/**
 * The methods section: how every number was made, and the anchors that table
 * headings point to.
 *
 * @module
 */
import type { ComponentChildren, VNode } from "preact";
import type { Summary } from "../harness/contract/summary.ts";
import { visibleLine } from "./_visible.ts";

/** Terms compare without case and spacing. */
function fold(term: string): string {
  return term.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

/** Fragment identifier of the entry that defines a term, alone or in a list of terms. */
export function methodId(summary: Summary, term: string): string | undefined {
  const wanted = fold(term);
  const index = summary.methods.findIndex((method) =>
    [method.term, ...method.term.split(",")].some((name) => fold(name) === wanted)
  );
  return index < 0 ? undefined : `method-${index + 1}`;
}

/** Text that leads to the definition of a term; plain where the summary has none. */
export function MethodLink({ summary, term, children }: {
  readonly summary: Summary;
  readonly term: string;
  readonly children: ComponentChildren;
}): VNode {
  const id = methodId(summary, term);
  return id === undefined ? <>{children}</> : <a href={`#${id}`}>{children}</a>;
}

/** Definitions of every number. */
export function Methods({ summary }: { readonly summary: Summary }): VNode {
  return (
    <dl class="methods">
      {summary.methods.map(({ term, definition }, index) => (
        <div>
          <dt id={`method-${index + 1}`}>{visibleLine(term)}</dt>
          <dd>{visibleLine(definition)}</dd>
        </div>
      ))}
    </dl>
  );
}
