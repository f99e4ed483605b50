//! Inputs of matrix products: rows of f32, and the same rows quantized in the
//! form that a kind of weights asks for.
//!
//! Per row and 32 values one record of 40 bytes: 32 bytes q, then two f32 (s, t).
//!
//! | form | for | value | q | t |
//! | --- | --- | --- | --- | --- |
//! | Seven | Q8 | x ≈ s · q + t | 0..=127, s = (max − min) / 127 | min |
//! | Eight | Q40, Q41 | x ≈ s · q | −127..=127, s = max│x│ / 127 | s · Σq |
//!
//! Seven bits because the relaxed dot product wants one operand without its top
//! bit; the offset t is exact, so one-sided blocks lose nothing by it. s and t are
//! stored times 2⁵⁶ ([`LIFT`]): kernels multiply them with scales of weights times
//! 2⁻¹¹² and lift the sums once more at the end, which saves widening each scale.

use crate::matrix::{BLOCK, Kind};
use crate::simd::*;

/// Bytes of a record.
pub const RECORD: usize = 40;

/// 2⁵⁶, half of the distance between the exponents of half and single precision.
pub const LIFT: f32 = (1u64 << 56) as f32;

/// What the kernels of a kind of weights read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// f32.
    Float,
    /// Unsigned seven bits with an offset per block.
    Seven,
    /// Signed eight bits.
    Eight,
}

/// The form that weights of `kind` are multiplied with.
pub fn form_of(kind: Kind, exact: bool) -> Form {
    match kind {
        _ if exact => Form::Float,
        Kind::F32 | Kind::F16 => Form::Float,
        Kind::Q8 => Form::Seven,
        Kind::Q40 | Kind::Q41 => Form::Eight,
    }
}

/// Rows of inputs, [rows, stride], columns behind `columns` are zero.
#[derive(Default)]
pub struct Activations {
    /// Values per row.
    pub columns: usize,
    /// `columns` rounded up to a block.
    pub stride: usize,
    /// The values.
    pub floats: Vec<f32>,
    /// Records, [rows, stride / 32].
    pub records: Vec<u8>,
    /// Form of the records, if there are any.
    form: Option<Form>,
}

impl Activations {
    /// Rows of `columns` values.
    pub fn new(columns: usize) -> Activations {
        let stride = columns.div_ceil(BLOCK) * BLOCK;
        Activations { columns, stride, ..Default::default() }
    }

    /// Makes room for `rows` rows; new values are zero.
    pub fn reserve(&mut self, rows: usize) {
        if self.floats.len() < rows * self.stride {
            self.floats.resize(rows * self.stride, 0.0);
            self.records.resize(rows * self.stride / BLOCK * RECORD, 0);
        }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.floats.len() * 4 + self.records.len()
    }

    /// Says that the values changed.
    pub fn touch(&mut self) {
        self.form = None;
    }

    /// Row `i`, columns only.
    pub fn row_mut(&mut self, i: usize) -> &mut [f32] {
        &mut self.floats[i * self.stride..i * self.stride + self.columns]
    }

    /// Quantizes the first `rows` rows unless that was done already.
    pub fn prepare(&mut self, form: Form, rows: usize) {
        if form == Form::Float || self.form == Some(form) {
            return;
        }
        let blocks = rows * self.stride / BLOCK;
        let values = self.floats[..blocks * BLOCK].chunks_exact(BLOCK);
        let records = self.records[..blocks * RECORD].chunks_exact_mut(RECORD);
        for (x, record) in values.zip(records) {
            let x = x.try_into().expect("a block");
            let record = record.try_into().expect("a record");
            match form {
                Form::Seven => quantize_seven(x, record),
                _ => quantize_eight(x, record),
            }
        }
        self.form = Some(form);
    }
}

/// The eight vectors of a block.
#[inline(always)]
fn vectors(x: &[f32; BLOCK]) -> [v128; 8] {
    core::array::from_fn(|i| load4(x[4 * i..4 * i + 4].try_into().expect("four numbers")))
}

/// Stores 32 integers as bytes.
#[inline(always)]
fn store_bytes(to: &mut [u8; RECORD], q: [v128; 8], s: f32, t: f32) {
    for half in 0..2 {
        let [a, b, c, d] = [q[4 * half], q[4 * half + 1], q[4 * half + 2], q[4 * half + 3]];
        let bytes = i8x16_narrow_i16x8(i16x8_narrow_i32x4(a, b), i16x8_narrow_i32x4(c, d));
        // SAFETY: bytes 16 · half to 16 · half + 15 lie in the record's 32 bytes of values.
        unsafe { v128_store(to.as_mut_ptr().add(16 * half).cast(), bytes) }
    }
    to[32..36].copy_from_slice(&(s * LIFT).to_le_bytes());
    to[36..40].copy_from_slice(&(t * LIFT).to_le_bytes());
}

/// Quantizes a block to 0..=127 with an offset.
fn quantize_seven(x: &[f32; BLOCK], to: &mut [u8; RECORD]) {
    let v = vectors(x);
    let (mut low, mut high) = (v[0], v[0]);
    for &part in &v[1..] {
        low = f32x4_pmin(low, part);
        high = f32x4_pmax(high, part);
    }
    let least = -max_lane(f32x4_neg(low));
    let scale = (max_lane(high) - least) / 127.0;
    let inverse = f32x4_splat(if scale > 0.0 { 1.0 / scale } else { 0.0 });
    let offset = f32x4_splat(least);
    let q = v.map(|part| {
        let steps = f32x4_nearest(f32x4_mul(f32x4_sub(part, offset), inverse));
        i32x4_trunc_sat_f32x4(f32x4_max(f32x4_min(steps, f32x4_splat(127.0)), f32x4_splat(0.0)))
    });
    store_bytes(to, q, scale, least);
}

/// Quantizes a block to −127..=127.
fn quantize_eight(x: &[f32; BLOCK], to: &mut [u8; RECORD]) {
    let v = vectors(x);
    let mut most = f32x4_abs(v[0]);
    for &part in &v[1..] {
        most = f32x4_pmax(most, f32x4_abs(part));
    }
    let scale = max_lane(most) / 127.0;
    let inverse = f32x4_splat(if scale > 0.0 { 1.0 / scale } else { 0.0 });
    let q = v.map(|part| i32x4_trunc_sat_f32x4(f32x4_nearest(f32x4_mul(part, inverse))));
    let total = q.into_iter().reduce(|a, b| i32x4_add(a, b)).expect("eight vectors");
    let sum = i32x4_extract_lane::<0>(total)
        + i32x4_extract_lane::<1>(total)
        + i32x4_extract_lane::<2>(total)
        + i32x4_extract_lane::<3>(total);
    store_bytes(to, q, scale, scale * sum as f32);
}
