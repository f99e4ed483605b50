/**
 * The summary as one self-contained HTML file.
 *
 * No external address; one style sheet and one small script, each allowed by its
 * hash. The file works from `file://`, in print, and where scripts are forbidden:
 * the script only makes handier what is there without it.
 * Rendering loads Observable Plot and linkedom (figures as SVG) and preact
 * (escaped HTML); importing this file loads none of them.
 *
 * @module
 */
import type { Summary } from "../harness/contract/summary.ts";
import type { ReportPlugin } from "./plugin.ts";

/** SHA-256 of UTF-8 text in Base64, as a content security policy wants it. */
async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}

async function renderHtml(summary: Summary): Promise<string> {
  const { renderPage } = await import("./_page.tsx");
  const { SCRIPT } = await import("./_script.ts");
  const { styleSheet } = await import("./_style.ts");
  const { filterClassOf } = await import("./_filter.tsx");
  const style = styleSheet({
    arms: summary.arms.map(filterClassOf),
    suites: summary.manifest.suites.length,
  });
  return renderPage(summary, {
    style: { text: style, hash: await hashOf(style) },
    script: { text: SCRIPT, hash: await hashOf(SCRIPT) },
  });
}

/** The summary as an HTML page. */
export const html: ReportPlugin = {
  name: "html",
  extension: "html",
  mediaType: "text/html",
  render: renderHtml,
};
