/** @jsxImportSource preact */
/**
 * The methods section: how every number was made, and the anchors that table
 * headings point to.
 *
 * @module
 */
import type { VNode } from "preact";
import type { Summary } from "../harness/contract/summary.ts";
import { visibleLine } from "./_visible.ts";

/** Terms compare without case and spacing. */
function fold(term: string): string {
  return term.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

/** Fragment identifier of the entry that defines a term; absent where none does. */
export function methodId(summary: Summary, term: string): string | undefined {
  const wanted = fold(term);
  const index = summary.methods.findIndex((method) => fold(method.term) === wanted);
  return index < 0 ? undefined : `method-${index + 1}`;
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
