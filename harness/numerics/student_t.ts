/**
 * Student's t distribution with a whole number ν of degrees of freedom.
 *
 * P(|T| ≤ t) is a finite sum in θ = atan(t / √ν), c = cos θ, s = sin θ:
 *
 *     ν = 1:    2θ/π
 *     ν odd:    2/π · ( θ + s·( c + 2/3 c³ + 2·4/(3·5) c⁵ + … up to c^(ν−2) ) )
 *     ν even:   s · ( 1 + 1/2 c² + 1·3/(2·4) c⁴ + … up to c^(ν−2) )
 *
 * Source: Abramowitz and Stegun, 26.7.3 and 26.7.4. Quantiles by bisection, to
 * 1e-12 relative.
 *
 * @module
 */

/** P(|T| ≤ t) for t ≥ 0; `degrees` is a whole number ≥ 1. */
export function studentTWithin(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const cosine = Math.cos(angle), square = cosine * cosine;
  const odd = degrees % 2 === 1;
  let term = odd ? cosine : 1, total = degrees === 1 ? 0 : term;
  for (let power = odd ? 3 : 2; power <= degrees - 2; power += 2) {
    term *= ((power - 1) / power) * square;
    total += term;
  }
  const tail = Math.sin(angle) * total;
  return odd ? (2 / Math.PI) * (angle + tail) : tail;
}

/** The t with P(|T| ≤ t) = `level`, a share in (0, 1). */
export function studentTHalfWidth(level: number, degrees: number): number {
  if (!(level > 0 && level < 1) || !Number.isInteger(degrees) || degrees < 1) {
    throw new RangeError(
      `Cannot take a t quantile: expected a level in (0, 1) and a whole number of degrees >= 1: ` +
        `current values are ${level} and ${degrees}`,
    );
  }
  let low = 0, high = 1;
  while (studentTWithin(high, degrees) < level) high *= 2;
  while (high - low > 1e-12 * high) {
    const middle = (low + high) / 2;
    if (studentTWithin(middle, degrees) < level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
