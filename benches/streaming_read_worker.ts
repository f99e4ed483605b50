/**
 * One reader of the bandwidth probe: answers each number of passes with bytes
 * per second; 0 passes only open the buffer.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import { measureRead, openStreamingRead } from "./streaming_read.ts";

const read = openStreamingRead();

self.onmessage = (event: MessageEvent<number>) => {
  self.postMessage(event.data === 0 ? 0 : measureRead(read, event.data));
};
