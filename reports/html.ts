/**
 * The summary as one self-contained HTML file.
 *
 * No script, no external address, one style sheet allowed by its hash: the
 * file works from `file://`, in print, and where scripts are forbidden.
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
  const { styleSheet } = await import("./_style.ts");
  const style = styleSheet({
    arms: summary.arms.length,
    suites: summary.manifest.suites.length,
  });
  return renderPage(summary, { style, hash: await hashOf(style) });
}

/** The summary as an HTML page. */
export const html: ReportPlugin = {
  name: "html",
  extension: "html",
  mediaType: "text/html",
  render: renderHtml,
};
