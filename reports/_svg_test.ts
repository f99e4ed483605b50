import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import * as Plot from "@observablehq/plot";
import { renderToStaticMarkup } from "preact-render-to-string";
import { drawPlot } from "./_svg.ts";

const DRAWN = drawPlot({
  width: 200,
  height: 100,
  style: { fontSize: "20px" },
  x: { domain: [0, 3] },
  y: { domain: [0, 1] },
  marks: [
    Plot.dot([1], { x: 1 / 3, y: 0.5, className: "one--two" }),
    Plot.text(["</svg><script>"], { x: 2, y: 0.5, text: (text: string) => text }),
  ],
}, { label: 'a "figure" <b>', className: "small" });
const MARKUP = renderToStaticMarkup(DRAWN.node);

Deno.test("drawPlot() makes one labelled image without styles", () => {
  assertEquals(MARKUP.match(/aria-label|role=/g)?.length, 2);
  assertStringIncludes(MARKUP, 'aria-label="a &quot;figure&quot; &lt;b');
  assert(!MARKUP.includes("<style") && !MARKUP.includes("style="));
});

Deno.test("drawPlot() escapes text, splits class names and rounds coordinates", () => {
  assertStringIncludes(MARKUP, "&lt;/svg");
  assert(!MARKUP.includes("<script"));
  assertStringIncludes(MARKUP, 'class="one two"');
  assert(!/\d\.\d{3}/.test(MARKUP));
});

Deno.test("drawPlot() tells where values lie", () => {
  assert(DRAWN.x(0) < DRAWN.x(3) && DRAWN.y(0) > DRAWN.y(1));
});
