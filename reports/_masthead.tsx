/** @jsxImportSource preact */
/**
 * What stands above the first figure: origin, answer, warnings, and the way to
 * the sections.
 *
 * @module
 */
import type { VNode } from "preact";
import type { Summary } from "../harness/contract/summary.ts";
import { Answer } from "./_choices.tsx";
import { whole } from "./_format.ts";
import { originParts } from "./_origin.ts";
import { visibleLine } from "./_visible.ts";

const FIRST_WARNINGS = 5; // shown at once; the others unfold
const MOST_WARNINGS = 200;

function Warnings({ warnings }: { readonly warnings: readonly string[] }): VNode | null {
  if (warnings.length === 0) return null;
  const shown = warnings.slice(0, MOST_WARNINGS).map(visibleLine);
  const [first, rest] = [shown.slice(0, FIRST_WARNINGS), shown.slice(FIRST_WARNINGS)];
  const beyond = warnings.length - shown.length;
  return (
    <section class="warnings" aria-label="Warnings">
      <h2>{warnings.length === 1 ? "1 warning" : `${whole(warnings.length)} warnings`}</h2>
      <ul>{first.map((warning) => <li>{warning}</li>)}</ul>
      {rest.length === 0 ? null : (
        <details>
          <summary>{whole(warnings.length - first.length)} more</summary>
          <ul>{rest.map((warning) => <li>{warning}</li>)}</ul>
          {beyond === 0 ? null : <p>{whole(beyond)} further ones are left out here.</p>}
        </details>
      )}
    </section>
  );
}

/** Heading, answer and warnings. */
export function Masthead({ summary }: { readonly summary: Summary }): VNode {
  const parts = originParts(summary.manifest).map(visibleLine);
  return (
    <header class="masthead">
      <p class="brand">Depthbench</p>
      <h1>
        Depth policies on <bdi>{visibleLine(summary.manifest.model.name)}</bdi>
      </h1>
      <p class="origin">
        {parts.map((part, i) => (
          <>
            {i === 0 ? "" : " · "}
            <bdi>{part}</bdi>
          </>
        ))}
      </p>
      <div class={summary.warnings.length === 0 ? "opening" : "opening warned"}>
        <Answer summary={summary} />
        <Warnings warnings={summary.warnings} />
      </div>
    </header>
  );
}

/** Links to the sections. */
export function Contents({ sections }: {
  readonly sections: readonly (readonly [id: string, title: string])[];
}): VNode {
  return (
    <nav aria-label="Sections">
      <ul>
        {sections.map(([id, title]) => (
          <li>
            <a href={`#${id}`}>{title}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
