/**
 * IEEE 754 half precision (1 sign, 5 exponent, 10 mantissa bits) to and from f32.
 *
 * @module
 */

const word = new Uint32Array(1);
const single = new Float32Array(word.buffer);
const SUBNORMAL_UNIT = 2 ** -24; // value of the lowest mantissa bit below 2⁻¹⁴

/** The number that 16 bits stand for; exact, NaN and infinities included. */
export function halfToFloat(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  if (exponent === 0) return (bits & 0x8000 ? -SUBNORMAL_UNIT : SUBNORMAL_UNIT) * mantissa;
  const sign = (bits & 0x8000) << 16;
  const wide = exponent === 31 ? 0x7f80_0000 : (exponent + 112) << 23; // 127 − 15 = 112
  word[0] = sign | wide | (mantissa << 13);
  return single[0]!;
}

/** The half nearest to `value`, ties to even; overflow gives an infinity. */
export function floatToHalf(value: number): number {
  single[0] = value;
  const bits = word[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fff_ffff;
  if (magnitude > 0x7f80_0000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x4780_0000) return sign | 0x7c00; // 65536 and above
  if (magnitude < 0x3880_0000) { // below 2⁻¹⁴: count units, rounding ties to even
    const units = Math.abs(single[0]!) / SUBNORMAL_UNIT;
    const floor = Math.floor(units);
    const rest = units - floor;
    return sign | (floor + (rest > 0.5 || (rest === 0.5 && (floor & 1)) ? 1 : 0));
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x3800_0000) >>> 13); // a carry moves into the exponent, up to ∞
}
