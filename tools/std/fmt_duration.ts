// @ts-types="./fmt_duration.d.ts"
export * from "deno-std/fmt/duration.js";
