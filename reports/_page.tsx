/** @jsxImportSource preact */
/**
 * The page: all sections in order, and the document around them.
 *
 * @module
 */
import type { VNode } from "preact";
import { renderToStaticMarkup } from "preact-render-to-string";
import type { Summary } from "../harness/contract/summary.ts";
import { EnvironmentView, NoiseView } from "./_appendix.tsx";
import { Cards } from "./_cards.tsx";
import { CostTable } from "./_cost.tsx";
import { FidelityTable } from "./_fidelity_table.tsx";
import { Histograms } from "./_histograms.tsx";
import { Methods } from "./_methods.tsx";
import { originParts } from "./_origin.ts";
import { ParetoFigure } from "./_pareto.tsx";
import { ArmTitle, Section } from "./_parts.tsx";
import { PolicyTable } from "./_policy_table.tsx";
import { QualityTable } from "./_quality_table.tsx";
import { Strips } from "./_strips.tsx";
import { visibleLine } from "./_visible.ts";

/** The style sheet and its hash for the content security policy. */
export interface PageStyle {
  /** CSS. */
  readonly style: string;
  /** Its SHA-256 in Base64. */
  readonly hash: string;
}

const SECTIONS: readonly (readonly [id: string, title: string])[] = [
  ["pareto", "Quality against speed"],
  ["policies", "Policies"],
  ["quality", "Quality"],
  ["depth", "Exit depth"],
  ["cost", "Cost"],
  ["outputs", "Outputs"],
  ["cards", "Cards"],
  ["noise", "Noise"],
  ["methods", "Methods"],
  ["environment", "Environment"],
];

function Masthead({ summary }: { readonly summary: Summary }): VNode {
  const parts = originParts(summary.manifest).map(visibleLine);
  const [first, ...rest] = summary.answer.map(visibleLine);
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
      <section class="answer" aria-label="Answer">
        {first === undefined ? <p class="none">— no answer was computed</p> : (
          <p class="first">
            {first}
          </p>
        )}
        {rest.map((line) => <p>{line}</p>)}
      </section>
      {summary.warnings.length === 0 ? null : (
        <section class="warnings" aria-label="Warnings">
          <h2>{summary.warnings.length === 1 ? "Warning" : "Warnings"}</h2>
          <ul>{summary.warnings.map((warning) => <li>{visibleLine(warning)}</li>)}</ul>
        </section>
      )}
      <nav aria-label="Sections">
        <ul>
          {SECTIONS.map(([id, title]) => (
            <li>
              <a href={`#${id}`}>{title}</a>
            </li>
          ))}
        </ul>
      </nav>
    </header>
  );
}

/** Check boxes that hide arms and suites; the style sheet does it, no script. */
function Filter({ summary }: { readonly summary: Summary }): VNode {
  return (
    <details class="filter">
      <summary>Show or hide policies and suites</summary>
      <fieldset>
        <legend>Policies</legend>
        {summary.arms.map((arm, index) => (
          <label>
            <input type="checkbox" id={`show-arm-${index + 1}`} checked />{" "}
            <ArmTitle arm={arm} index={index} />
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>Suites, in quality details and outputs</legend>
        {summary.manifest.suites.map(({ name }, index) => (
          <label>
            <input type="checkbox" id={`show-suite-${index + 1}`} checked /> {visibleLine(name)}
          </label>
        ))}
      </fieldset>
    </details>
  );
}

function Body({ summary }: { readonly summary: Summary }): VNode {
  return (
    <body>
      <Masthead summary={summary} />
      <main>
        <Section
          id="pareto"
          title="Quality against speed"
          lead="Up and to the right is better. Bars are 95 % intervals; full depth stands at 1."
        >
          <ParetoFigure summary={summary} />
        </Section>
        <Filter summary={summary} />
        <Section
          id="policies"
          title="Policies"
          lead="Full depth is the first row. Arrows point to the better direction; headings lead to their definitions."
        >
          <PolicyTable summary={summary} />
        </Section>
        <Section
          id="quality"
          title="Quality"
          lead="The same items, with and without the policy: what changed, not just how much."
        >
          <QualityTable summary={summary} />
        </Section>
        <Section
          id="fidelity"
          title="Fidelity"
          lead="The same text under the policy and under full depth: what changes from token to token."
        >
          <FidelityTable summary={summary} />
        </Section>
        <Section
          id="depth"
          title="Exit depth"
          lead={`Tokens read out at each height, 0 to ${summary.manifest.model.layerCount}, on one scale.`}
        >
          <Histograms summary={summary} />
        </Section>
        <Section
          id="cost"
          title="Cost"
          lead="What an average decode step computes, counted by the decode loop, the same on every backend."
        >
          <CostTable summary={summary} />
        </Section>
        <Section
          id="outputs"
          title="Outputs"
          lead="What each policy wrote. The bar under a token shows the height at which it was read out."
        >
          <Strips summary={summary} />
        </Section>
        <Section
          id="cards"
          title="Cards"
          lead="Where each policy comes from and how this implementation departs from its paper."
        >
          <Cards summary={summary} />
        </Section>
        <Section id="noise" title="Noise" lead="Whether the clock can be believed.">
          <NoiseView summary={summary} />
        </Section>
        <Section id="methods" title="Methods" lead="How every number was made.">
          <Methods summary={summary} />
        </Section>
        <Section id="environment" title="Environment" lead="What ran, where, and its digests.">
          <EnvironmentView summary={summary} />
        </Section>
      </main>
    </body>
  );
}

/** Names of model and suites, for the window's title. */
function titleOf({ manifest }: Summary): string {
  const suites = manifest.suites.map(({ name }) => name).join(", ");
  return visibleLine(`Depthbench: ${manifest.model.name} · ${suites}`);
}

/** The document as text. */
export function renderPage(summary: Summary, { style, hash }: PageStyle): string {
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; ` +
    "base-uri 'none'; form-action 'none'";
  const head = renderToStaticMarkup(
    <>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content={policy} />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="referrer" content="no-referrer" />
      <title>{titleOf(summary)}</title>
    </>,
  );
  const body = renderToStaticMarkup(<Body summary={summary} />);
  return `<!doctype html>\n<html lang="en">\n<head>${head}<style>${style}</style></head>\n` +
    `${body}\n</html>\n`;
}
