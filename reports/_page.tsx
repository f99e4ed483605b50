/** @jsxImportSource preact */
/**
 * The page: all sections in order, and the document around them.
 *
 * @module
 */
import type { ComponentChildren, VNode } from "preact";
import { renderToStaticMarkup } from "preact-render-to-string";
import type { Summary } from "../harness/contract/summary.ts";
import { EnvironmentView, NoiseView } from "./_appendix.tsx";
import { Cards } from "./_cards.tsx";
import { Calibration } from "./_confidence.tsx";
import { CostTable } from "./_cost.tsx";
import { FidelityTable } from "./_fidelity_table.tsx";
import { Filter } from "./_filter.tsx";
import { Histograms } from "./_histograms.tsx";
import { Contents, Masthead } from "./_masthead.tsx";
import { Methods } from "./_methods.tsx";
import { ParetoFigure } from "./_pareto.tsx";
import { ParityView } from "./_parity.tsx";
import { TwinView } from "./_twin.tsx";
import { Section } from "./_parts.tsx";
import { PolicyTable } from "./_policy_table.tsx";
import { QualityTable } from "./_quality_table.tsx";
import { studySections } from "./_study_sections.tsx";
import { Strips } from "./_strips.tsx";
import { Verdicts } from "./_verdicts.tsx";
import { hasTiming, Timing } from "./_timing.tsx";
import { visibleLine } from "./_visible.ts";
import { Waterfalls } from "./_waterfall.tsx";

/** A text that the content security policy allows by its SHA-256 in Base64. */
export interface HashedText {
  /** CSS or JavaScript. */
  readonly text: string;
  /** Its hash. */
  readonly hash: string;
}

/** What the page may apply and run. */
export interface PageParts {
  /** The style sheet. */
  readonly style: HashedText;
  /** The script. */
  readonly script: HashedText;
}

/** One section; `content` is `undefined` where the summary has nothing for it. */
interface PageSection {
  readonly id: string;
  readonly title: string;
  readonly lead?: string;
  readonly content: ComponentChildren;
}

function sectionsOf(summary: Summary): readonly PageSection[] {
  const { manifest, parity, twin } = summary;
  return [
    {
      id: "verdicts",
      title: "Verdicts",
      lead: "Every policy against full depth, at a glance. Headings lead to their definitions.",
      content: <Verdicts summary={summary} />,
    },
    {
      id: "pareto",
      title: "Quality against speed",
      lead: "Up and to the right is better. Bars are 95 % intervals; full depth stands at 1.",
      content: <ParetoFigure summary={summary} />,
    },
    ...studySections(summary),
    {
      id: "cost",
      title: "Ledger",
      lead:
        "What an average decode step computes, counted by the decode loop, the same on every backend.",
      content: (
        <>
          <Waterfalls summary={summary} />
          <CostTable summary={summary} />
        </>
      ),
    },
    {
      id: "depth",
      title: "Exit depth",
      lead: `Tokens read out at each height, 0 to ${manifest.model.layerCount}, on one scale.`,
      content: <Histograms summary={summary} />,
    },
    {
      id: "calibration",
      title: "Confidence",
      lead:
        "Of tokens that left early: how often they are full depth’s, by what the policy read when it let them go.",
      content: <Calibration summary={summary} />,
    },
    {
      id: "outputs",
      title: "Outputs",
      lead: "What each policy wrote. The bar under a token shows the height at which it was read " +
        "out; hover or arrow keys tell what the policy read of it.",
      content: <Strips summary={summary} />,
    },
    {
      id: "policies",
      title: "All numbers",
      lead: "Full depth is the first row. Arrows point to the better direction.",
      content: <PolicyTable summary={summary} />,
    },
    {
      id: "quality",
      title: "Quality",
      lead: "The same items, with and without the policy: what changed, not just how much.",
      content: <QualityTable summary={summary} />,
    },
    ...(hasTiming(summary)
      ? [{
        id: "timing",
        title: "Timing",
        lead: "Speed on each suite, percentiles, and cells by length of prompt.",
        content: <Timing summary={summary} />,
      }]
      : []),
    {
      id: "fidelity",
      title: "Fidelity",
      lead: "The same text under the policy and under full depth: what changes token by token.",
      content: <FidelityTable summary={summary} />,
    },
    ...(twin === undefined ? [] : [{
      id: "twin",
      title: "Another model",
      lead: "The same policies on the same items with another model: whose gain it is.",
      content: <TwinView summary={summary} twin={twin} />,
    }]),
    ...(parity === undefined ? [] : [{
      id: "parity",
      title: "Backends",
      content: <ParityView summary={summary} parity={parity} />,
    }]),
    {
      id: "cards",
      title: "Cards",
      lead: "Where each policy comes from and how this implementation departs from its paper.",
      content: <Cards summary={summary} />,
    },
    {
      id: "noise",
      title: "Noise",
      lead: "Whether the clock can be believed.",
      content: <NoiseView summary={summary} />,
    },
    {
      id: "methods",
      title: "Methods",
      lead: "How every number was made.",
      content: <Methods summary={summary} />,
    },
    {
      id: "environment",
      title: "Environment",
      lead: "What ran, where, and its digests.",
      content: <EnvironmentView summary={summary} />,
    },
  ];
}

function Body({ summary }: { readonly summary: Summary }): VNode {
  const sections = sectionsOf(summary);
  return (
    <body>
      <Masthead summary={summary} />
      <div class="topbar">
        <Contents sections={sections.map(({ id, title }) => [id, title])} />
        <Filter summary={summary} />
      </div>
      <main>
        {sections.map(({ content, ...heading }) => <Section {...heading}>{content}</Section>)}
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
export function renderPage(summary: Summary, { style, script }: PageParts): string {
  const policy = `default-src 'none'; style-src 'sha256-${style.hash}'; ` +
    `script-src 'sha256-${script.hash}'; img-src data:; base-uri 'none'; form-action 'none'`;
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
  const body = renderToStaticMarkup(<Body summary={summary} />).replace(/<\/body>$/, "");
  return `<!doctype html>\n<html lang="en">\n<head>${head}<style>${style.text}</style></head>\n` +
    `${body}<script>${script.text}</script></body>\n</html>\n`;
}
