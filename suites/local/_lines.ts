/**
 * Lines of a local file, with hard limits.
 *
 *     bytes → gunzip if they begin with 1f 8b → cut at "\n" → strict UTF-8 → lines
 *
 * A line may end in "\r\n"; a byte-order mark at the start is dropped. Refused, in
 * one sentence: NUL, invalid UTF-8, a longer line, more rows, more unpacked bytes
 * (a small archive can unpack to terabytes), parquet files.
 *
 * @module
 */
import { InputError } from "../../harness/contract/errors.ts";
import type { ByteSource } from "../../harness/contract/model.ts";
import { sha256Hex } from "../../harness/numerics/sha256.ts";

/** Bounds of what is read. */
export interface LineLimits {
  /** Bytes of the file. */
  readonly fileBytes: number;
  /** Bytes of its text, unpacked. */
  readonly textBytes: number;
  /** Bytes of a line. */
  readonly lineBytes: number;
  /** Lines that are not blank. */
  readonly rows: number;
}

/** 256 MiB of file, 1 GiB of text, 8 MiB a line, 1 048 576 rows. */
export const LINE_LIMITS: LineLimits = {
  fileBytes: 2 ** 28,
  textBytes: 2 ** 30,
  lineBytes: 2 ** 23,
  rows: 2 ** 20,
};

/** A line and where it stands. */
export interface Line {
  /** Its text, without the line's end. */
  readonly text: string;
  /** 1 for the first line of the file. */
  readonly number: number;
}

/** What was read. */
export interface LinesRead {
  /** `sha256:` and the digest of the file as it lies on the disk. */
  readonly digest: string;
  /** Lines that are not blank. */
  readonly rows: number;
}

/** Calls `see` with each line that is not blank. Rejects with `InputError`. */
export async function readLines(
  source: ByteSource,
  see: (line: Line) => void,
  limits: LineLimits = LINE_LIMITS,
): Promise<LinesRead> {
  const { name, size } = source;
  if (size > limits.fileBytes) {
    throw new InputError(
      `Cannot read "${name}": expected at most ${limits.fileBytes} bytes: current value is ` +
        `${size}: cut the file`,
    );
  }
  const bytes = await source.read(0, size);
  refuseParquet(name, bytes);
  const lines = new LineCutter(name, { limits, see });
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const stream = new Blob([bytes]).stream();
  const reader = (isPacked ? stream.pipeThrough(new DecompressionStream("gzip")) : stream)
    .getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      lines.push(value);
    }
  } catch (cause) {
    await reader.cancel().catch(() => {});
    if (cause instanceof InputError) throw cause;
    throw new InputError(`Cannot unpack "${name}": expected a whole gzip file: pack it again`, {
      cause,
    });
  }
  lines.end();
  return { digest: `sha256:${sha256Hex(bytes)}`, rows: lines.rows };
}

function refuseParquet(name: string, bytes: Uint8Array): void {
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== "PAR1") return;
  throw new InputError(
    `Cannot read "${name}": expected JSON lines: it is a parquet file: convert it by ` +
      `python -c "import pandas; pandas.read_parquet('in.parquet').to_json('out.jsonl', ` +
      `orient='records', lines=True)"`,
  );
}

/** Cuts chunks of bytes into lines. */
class LineCutter {
  /** Lines so far that are not blank. */
  rows = 0;
  readonly #utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #number = 1;
  #total = 0;
  #held: Uint8Array[] = []; // the line that is not ended yet
  #heldBytes = 0;

  constructor(
    readonly name: string,
    readonly to: { readonly limits: LineLimits; readonly see: (line: Line) => void },
  ) {}

  push(chunk: Uint8Array): void {
    const { textBytes } = this.to.limits;
    this.#total += chunk.length;
    if (this.#total > textBytes) {
      throw new InputError(
        `Cannot unpack "${this.name}": expected at most ${textBytes} bytes of text: there are ` +
          "more: cut the file",
      );
    }
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      this.#hold(chunk.subarray(from, end));
      this.end();
      from = end + 1;
    }
    this.#hold(chunk.subarray(from));
  }

  /** Ends a line. */
  end(): void {
    const line = new Uint8Array(this.#heldBytes);
    let at = 0;
    for (const part of this.#held) {
      line.set(part, at);
      at += part.length;
    }
    this.#held = [];
    this.#heldBytes = 0;
    const text = this.#decode(line).replace(/\r$/, "");
    if (text.trim() !== "") {
      if (++this.rows > this.to.limits.rows) {
        throw new InputError(
          `Cannot read "${this.name}": expected at most ${this.to.limits.rows} rows: there are ` +
            "more: cut the file",
        );
      }
      this.to.see({ text, number: this.#number });
    }
    this.#number++;
  }

  #hold(part: Uint8Array): void {
    const { lineBytes } = this.to.limits;
    if (part.length === 0) return;
    this.#heldBytes += part.length;
    if (this.#heldBytes > lineBytes) {
      this.#refuse(`expected at most ${lineBytes} bytes: it is longer: shorten it`);
    }
    this.#held.push(part);
  }

  #decode(line: Uint8Array): string {
    if (line.includes(0)) this.#refuse("expected text: it has a NUL byte: remove it");
    try {
      const text = this.#utf8.decode(line);
      return this.#number === 1 ? text.replace(/^\ufeff/, "") : text;
    } catch (cause) {
      throw new InputError(
        `Cannot read line ${this.#number} of "${this.name}": expected UTF-8: it has other bytes: ` +
          "convert the file",
        { cause },
      );
    }
  }

  #refuse(why: string): never {
    throw new InputError(`Cannot read line ${this.#number} of "${this.name}": ${why}`);
  }
}
