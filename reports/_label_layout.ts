/**
 * Places labels beside points so that they can be read.
 *
 * Each label tries places around its point, near ones first, and takes the
 * one with the least cost: overlap with labels already placed and with points
 * weighs most, overlap with interval bars less, distance least. All lengths
 * are pixels; y grows downwards.
 *
 * @module
 */

/** An axis-parallel rectangle, px. */
export interface Box {
  /** Left edge. */
  readonly x: number;
  /** Upper edge. */
  readonly y: number;
  /** Width. */
  readonly width: number;
  /** Height. */
  readonly height: number;
}

/** A point that wants a label. */
export interface LabelRequest {
  /** Centre of the point. */
  readonly x: number;
  /** Centre of the point. */
  readonly y: number;
  /** Width of the label's text. */
  readonly width: number;
}

/** Where a label stands. */
export interface LabelPlace {
  /** End of the text nearest to the point. */
  readonly x: number;
  /** Vertical middle of the text. */
  readonly y: number;
  /** Which end of the text `x` is. */
  readonly anchor: "start" | "end";
}

/** What labels must respect. */
export interface LabelField {
  /** Labels stay inside. */
  readonly frame: Box;
  /** Interval bars, avoided where possible. */
  readonly bars: readonly Box[];
  /** Height of a line of text. */
  readonly lineHeight: number;
}

const GAP = 10; // from a point's centre to its label
const RADIUS = 8; // of a point, with some air
const SHIFTS: readonly number[] = [0, -1, 1, -2, 2, -3, 3]; // vertical, in lines

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

function outside(box: Box, frame: Box): number {
  return box.width * box.height - overlap(box, frame);
}

function boxOf(place: LabelPlace, width: number, lineHeight: number): Box {
  const x = place.anchor === "start" ? place.x : place.x - width;
  return { x, y: place.y - lineHeight / 2, width, height: lineHeight };
}

function candidates(request: LabelRequest, lineHeight: number): readonly LabelPlace[] {
  return SHIFTS.flatMap((shift): LabelPlace[] => {
    const y = request.y + shift * lineHeight * 0.9;
    return [
      { x: request.x + GAP, y, anchor: "start" },
      { x: request.x - GAP, y, anchor: "end" },
    ];
  });
}

/** One place per request, in their order. */
export function placeLabels(
  requests: readonly LabelRequest[],
  field: LabelField,
): readonly LabelPlace[] {
  const { frame, bars, lineHeight } = field;
  const points = requests.map(({ x, y }): Box => ({
    x: x - RADIUS,
    y: y - RADIUS,
    width: 2 * RADIUS,
    height: 2 * RADIUS,
  }));
  const taken: Box[] = [];
  return requests.map((request) => {
    let best: LabelPlace = { x: request.x + GAP, y: request.y, anchor: "start" };
    let bestCost = Infinity;
    for (const [rank, place] of candidates(request, lineHeight).entries()) {
      const box = boxOf(place, request.width, lineHeight);
      let cost = 4 * rank + 40 * outside(box, frame);
      for (const other of taken) cost += 20 * overlap(box, other);
      for (const point of points) cost += 20 * overlap(box, point);
      for (const bar of bars) cost += 2 * overlap(box, bar);
      if (cost < bestCost) [best, bestCost] = [place, cost];
    }
    taken.push(boxOf(best, request.width, lineHeight));
    return best;
  });
}
