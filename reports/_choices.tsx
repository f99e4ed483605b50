/** @jsxImportSource preact */
/**
 * The answer: in words, then as one tile per quality class with the best policy
 * and its interval, or with what forbids one. Classes with one outcome share a
 * tile.
 *
 * @module
 */
import type { VNode } from "preact";
import type { ClassChoice, Summary } from "../harness/contract/summary.ts";
import { fineRatio, interval, number, ratio } from "./_format.ts";
import { armAnchor, ArmTitle, QualityMark } from "./_parts.tsx";
import { visibleLine } from "./_visible.ts";

const FLOORS = { A: "99.9 %", B: "99 %", C: "97 %" } as const;

/** Classes with the same arm or the same reason. */
interface Tile {
  readonly classes: readonly ClassChoice["quality"][];
  readonly choice: ClassChoice;
}

function tilesOf(choices: readonly ClassChoice[]): readonly Tile[] {
  const tiles: Tile[] = [];
  for (const choice of choices) {
    const last = tiles.at(-1);
    if (last && last.choice.arm === choice.arm && last.choice.reason === choice.reason) {
      tiles[tiles.length - 1] = { ...last, classes: [...last.classes, choice.quality] };
    } else {
      tiles.push({ classes: [choice.quality], choice });
    }
  }
  return tiles;
}

function Pick({ choice, summary }: {
  readonly choice: ClassChoice;
  readonly summary: Summary;
}): VNode {
  const { arm: label = "", gain, lowest } = choice;
  const index = summary.arms.findIndex((arm) => arm.label === label);
  const timed = summary.arms[index]?.speed !== undefined;
  return (
    <>
      <p class="pick">
        <a href={armAnchor(index)}>
          <ArmTitle arm={{ label }} index={index} />
        </a>
      </p>
      {gain === undefined ? null : (
        <p class="gain">
          <strong>{number(gain.value, ratio)}×</strong>{" "}
          {timed ? `${interval(gain, ratio)} as fast per prompt` : "fewer multiply-accumulates"}
        </p>
      )}
      {lowest === undefined ? null : (
        <p class="note">
          lowest quality: {number(lowest.ratio.value, fineRatio)} {interval(
            lowest.ratio,
            fineRatio,
          )} of full depth’s, on {visibleLine(lowest.suite)}
        </p>
      )}
    </>
  );
}

function TileView({ tile, summary }: { readonly tile: Tile; readonly summary: Summary }): VNode {
  const { classes, choice } = tile;
  const floor = classes.map((name) => FLOORS[name]);
  return (
    <li class={choice.arm === undefined ? "choice empty" : "choice"}>
      <p class="grade">
        {classes.map((name) => (
          <>
            <QualityMark quality={name} />
            {" "}
          </>
        ))}
        <span class="note">≥ {floor.at(-1)} of full depth’s quality</span>
      </p>
      {choice.arm === undefined
        ? (
          <>
            <p class="pick">None pays</p>
            <p class="reason">{visibleLine(choice.reason ?? "")}</p>
          </>
        )
        : <Pick choice={choice} summary={summary} />}
    </li>
  );
}

/** Lines that the tiles say better. */
const TOLD_BY_TILES = /^Best in class /;

/** The answer in words and tiles. */
export function Answer({ summary }: { readonly summary: Summary }): VNode {
  const { choices = [] } = summary;
  const [first, ...rest] = summary.answer.map(visibleLine);
  const others = choices.length === 0 ? rest : rest.filter((line) => !TOLD_BY_TILES.test(line));
  return (
    <section class="answer" aria-label="Answer">
      {first === undefined
        ? <p class="none">— no answer was computed</p>
        : <p class="first">{first}</p>}
      {choices.length === 0 ? null : (
        <ol class="choices">
          {tilesOf(choices).map((tile) => <TileView tile={tile} summary={summary} />)}
        </ol>
      )}
      {others.map((line) => <p class="more">{line}</p>)}
    </section>
  );
}
