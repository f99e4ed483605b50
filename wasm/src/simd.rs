//! Vector operations that the kernels share, in a relaxed and a plain form.
//!
//! The relaxed module uses one instruction per int8 dot product and fused
//! multiply-add; the plain one the same arithmetic in several steps. Integer
//! results are equal, float results differ by the rounding of the products.

pub use core::arch::wasm32::*;

/// `a · b + c`, fused where the module is relaxed.
#[inline(always)]
pub fn fma(a: v128, b: v128, c: v128) -> v128 {
    #[cfg(target_feature = "relaxed-simd")]
    {
        f32x4_relaxed_madd(a, b, c)
    }
    #[cfg(not(target_feature = "relaxed-simd"))]
    {
        f32x4_add(f32x4_mul(a, b), c)
    }
}

/// How the engine reads the second operand of [`dot`] when its top bit is set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ByteRange {
    /// As 0..=255, exactly.
    Unsigned,
    /// As −128..=127, exactly.
    Signed,
    /// In no way to rely on: 0..=127 only.
    Seven,
}

/// Finds out how this engine reads the second operand. The instruction leaves it
/// open, but one engine on one machine answers always alike.
pub fn byte_range() -> ByteRange {
    let zero = i32x4_splat(0);
    let answer = |signed: i8, byte: u8| {
        let operands = core::hint::black_box((i8x16_splat(signed), u8x16_splat(byte)));
        i32x4_extract_lane::<0>(dot(operands.0, operands.1, zero))
    };
    let cases = [(127, 255), (-128, 255), (127, 128), (-128, 129), (-1, 200)];
    let reads = |value: fn(u8) -> i32| {
        cases
            .iter()
            .all(|&(signed, byte)| answer(signed, byte) == 4 * i32::from(signed) * value(byte))
    };
    if reads(i32::from) {
        ByteRange::Unsigned
    } else if reads(|byte| i32::from(byte as i8)) {
        ByteRange::Signed
    } else {
        ByteRange::Seven
    }
}

/// Adds to each 32-bit lane the dot product of four signed bytes with four bytes
/// of the engine's [`ByteRange`]; 0..=127 is always exact.
#[inline(always)]
pub fn dot(signed: v128, bytes: v128, sum: v128) -> v128 {
    #[cfg(target_feature = "relaxed-simd")]
    {
        i32x4_relaxed_dot_i8x16_i7x16_add(signed, bytes, sum)
    }
    #[cfg(not(target_feature = "relaxed-simd"))]
    {
        let low = i32x4_dot_i16x8(i16x8_extend_low_i8x16(signed), i16x8_extend_low_i8x16(bytes));
        let high = i32x4_dot_i16x8(i16x8_extend_high_i8x16(signed), i16x8_extend_high_i8x16(bytes));
        let even = i32x4_shuffle::<0, 2, 4, 6>(low, high);
        let odd = i32x4_shuffle::<1, 3, 5, 7>(low, high);
        i32x4_add(sum, i32x4_add(even, odd))
    }
}

/// The bits of four halves, extended with their sign to 32 bits, moved to where
/// f32 has them: the number times 2⁻¹¹², exact, subnormal halves included.
#[inline(always)]
pub fn small_halves(bits: v128) -> v128 {
    v128_and(i32x4_shl(bits, 13), u32x4_splat(0x8fff_e000))
}

/// Widens four half-precision numbers; exact for finite ones.
#[inline(always)]
pub fn widen_halves(bits: v128) -> v128 {
    f32x4_mul(small_halves(bits), f32x4_splat(f32::from_bits(0x7780_0000))) // 2¹¹²
}

/// Lane `I` of 32 bits, in all lanes.
#[inline(always)]
pub fn spread<const I: usize>(x: v128) -> v128 {
    i32x4_shuffle::<I, I, I, I>(x, x)
}

/// Sum of the four lanes, pairwise.
#[inline(always)]
pub fn sum_lanes(x: v128) -> f32 {
    let pairs = f32x4_add(x, i32x4_shuffle::<2, 3, 0, 1>(x, x));
    f32x4_extract_lane::<0>(pairs) + f32x4_extract_lane::<1>(pairs)
}

/// Largest of the four lanes.
#[inline(always)]
pub fn max_lane(x: v128) -> f32 {
    let pairs = f32x4_pmax(x, i32x4_shuffle::<2, 3, 0, 1>(x, x));
    f32x4_extract_lane::<0>(pairs).max(f32x4_extract_lane::<1>(pairs))
}

/// eˣ lane by lane for x ≤ 88; 1e-7 relative, and at least e⁻⁸⁷ for smaller x.
#[inline(always)]
pub fn exp(x: v128) -> v128 {
    let x = f32x4_max(f32x4_min(x, f32x4_splat(88.0)), f32x4_splat(-87.0));
    let n = f32x4_nearest(f32x4_mul(x, f32x4_splat(core::f32::consts::LOG2_E)));
    // ln 2 in two parts: the first has few enough bits that n · part is exact.
    let r = fma(n, f32x4_splat(-0.693_359_4), x);
    let r = fma(n, f32x4_splat(2.121_944_4e-4), r);
    let mut p = f32x4_splat(1.987_569_1e-4);
    for c in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        p = fma(p, r, f32x4_splat(c));
    }
    let p = f32x4_add(fma(p, f32x4_mul(r, r), r), f32x4_splat(1.0));
    let power = i32x4_shl(i32x4_add(i32x4_trunc_sat_f32x4(n), i32x4_splat(127)), 23);
    f32x4_mul(p, power)
}

/// Loads four numbers.
#[inline(always)]
pub fn load4(x: &[f32; 4]) -> v128 {
    // SAFETY: the reference covers the 16 bytes read; the load needs no alignment.
    unsafe { v128_load(x.as_ptr().cast()) }
}

/// Stores four numbers.
#[inline(always)]
pub fn store4(to: &mut [f32; 4], x: v128) {
    // SAFETY: the reference covers the 16 bytes written; the store needs no alignment.
    unsafe { v128_store(to.as_mut_ptr().cast(), x) }
}

/// Σ aᵢ bᵢ over the shorter of the two; four partial sums of four lanes.
pub fn dot_f32(a: &[f32], b: &[f32]) -> f32 {
    let n = a.len().min(b.len());
    let (a, b) = (&a[..n], &b[..n]);
    let mut sums = [f32x4_splat(0.0); 4];
    let wide = n / 16 * 16;
    for (x, y) in a[..wide].chunks_exact(16).zip(b[..wide].chunks_exact(16)) {
        for (i, sum) in sums.iter_mut().enumerate() {
            let xs = x[4 * i..4 * i + 4].try_into().expect("four numbers");
            let ys = y[4 * i..4 * i + 4].try_into().expect("four numbers");
            *sum = fma(load4(xs), load4(ys), *sum);
        }
    }
    let sum = f32x4_add(f32x4_add(sums[0], sums[1]), f32x4_add(sums[2], sums[3]));
    let rest: f32 = a[wide..].iter().zip(&b[wide..]).map(|(x, y)| x * y).sum();
    sum_lanes(sum) + rest
}
