/** @jsxImportSource preact */
/**
 * Check boxes that hide policies, suites and quality classes. The style sheet
 * does it, so they work with scripts off; the script adds a search by name, a
 * count of what is shown, and a button that shows everything again.
 *
 * @module
 */
import type { ComponentChildren, VNode } from "preact";
import type { ArmSummary, QualityClass, Summary } from "../harness/contract/summary.ts";
import { ArmTitle, QualityMark } from "./_parts.tsx";
import { visibleLine } from "./_visible.ts";

/** A class, or that an arm has none. */
export type FilterClass = QualityClass | "none";

/** Classes in the order of their boxes. */
export const FILTER_CLASSES: readonly FilterClass[] = ["A", "B", "C", "fail", "none"];

/** The class under which an arm is filtered. */
export function filterClassOf(arm: ArmSummary): FilterClass {
  return arm.worstQuality ?? "none";
}

function Box({ id, children }: {
  readonly id: string;
  readonly children: ComponentChildren;
}): VNode {
  return (
    <label for={id}>
      <input type="checkbox" id={id} checked autocomplete="off" /> {children}
    </label>
  );
}

/** All boxes. */
export function Filter({ summary }: { readonly summary: Summary }): VNode {
  const { arms, manifest } = summary;
  const used = FILTER_CLASSES.filter((name) => arms.some((arm) => filterClassOf(arm) === name));
  return (
    <details class="filter" id="filter">
      <summary>
        Filter policies, suites, classes <span class="count" id="filter-count" />
      </summary>
      <div class="boxes">
        <fieldset>
          <legend>Policies</legend>
          {arms.map((arm, index) => (
            <Box id={`show-arm-${index + 1}`}>
              <ArmTitle arm={arm} index={index} />
            </Box>
          ))}
        </fieldset>
        <fieldset>
          <legend>Quality classes</legend>
          {used.map((name) => (
            <Box id={`show-class-${name}`}>
              {name === "none" ? "without a class" : <QualityMark quality={name} />}
            </Box>
          ))}
        </fieldset>
        <fieldset>
          <legend>Suites</legend>
          {manifest.suites.map(({ name }, index) => (
            <Box id={`show-suite-${index + 1}`}>{visibleLine(name)}</Box>
          ))}
        </fieldset>
      </div>
    </details>
  );
}
