/**
 * Plot's figures as preact nodes.
 *
 * Observable Plot draws into a linkedom document; the result is walked and
 * rebuilt, so that all text passes preact's escaping. Style elements and style
 * attributes are left out: the page's content security policy forbids them,
 * and its one style sheet says the same.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { type ComponentChild, h, type VNode } from "preact";

/** What the walk needs of a DOM node. */
interface DomNode {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly textContent: string | null;
  readonly childNodes: Iterable<DomNode>;
  readonly attributes?: Iterable<{ readonly name: string; readonly value: string }>;
}

const ELEMENT = 1;
const TEXT = 3;

/** Coordinates to a hundredth of a pixel. */
function rounded(value: string): string {
  return value.replace(/-?\d+\.\d{3,}/g, (digits) => String(Number(Number(digits).toFixed(2))));
}

/** An attribute as the page wants it; `undefined` drops it. */
function attributeOf(name: string, value: string): string | undefined {
  if (name === "style" || name.startsWith("aria-")) return undefined; // the figure has one label
  return name === "class" ? value.replaceAll("--", " ") : rounded(value);
}

function rebuild(node: DomNode): ComponentChild {
  if (node.nodeType === TEXT) return node.textContent;
  if (node.nodeType !== ELEMENT || node.nodeName.toLowerCase() === "style") return null;
  const attributes = Object.fromEntries(
    [...node.attributes ?? []].map(({ name, value }) => [name, attributeOf(name, value)]),
  );
  return h(node.nodeName, attributes, ...[...node.childNodes].map(rebuild));
}

/** A figure for people who cannot see it, too. */
export interface FigureText {
  /** What the figure shows, in one sentence. */
  readonly label: string;
  /** Class name of the `svg` element. */
  readonly className: string;
  /** Elements above the drawing, such as links; the drawing itself is then hidden from readers. */
  over?(scales: PlotScales): readonly VNode[];
}

/** The scales that map a figure's data to pixels. */
export interface PlotScales {
  /** Horizontal pixel of a value. */
  readonly x: (value: number) => number;
  /** Vertical pixel of a value. */
  readonly y: (value: number) => number;
}

/** A finished figure and its scales. */
export interface DrawnPlot extends PlotScales {
  /** The `svg` element. */
  readonly node: VNode;
}

/** Draws a plot. `a--b` as a mark's class name gives classes `a` and `b`. Colours may be CSS variables: `fill: "var(--ink)"`. */
export function drawPlot(options: Plot.PlotOptions, text: FigureText): DrawnPlot {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const figure = Plot.plot({ ...options, document: document as never });
  const [xScale, yScale] = [figure.scale("x"), figure.scale("y")];
  const svg = rebuild(figure as unknown as DomNode) as VNode<Record<string, unknown>>;
  const { children, ...attributes } = svg.props;
  const x = (value: number): number => xScale?.apply(value) ?? NaN;
  const y = (value: number): number => yScale?.apply(value) ?? NaN;
  const over = text.over?.({ x, y }) ?? [];
  // What holds links is no image: its parts are told one by one.
  const role = over.length === 0 ? "img" : "group";
  const named = { ...attributes, role, "aria-label": text.label, class: text.className };
  const drawn = over.length === 0
    ? [children as ComponentChild]
    : [h("g", { "aria-hidden": "true" }, children as ComponentChild), ...over];
  return { node: h("svg", named as Record<string, unknown>, ...drawn), x, y };
}
