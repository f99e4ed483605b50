//! Inputs of matrix products: rows of f32, and the same rows quantized in the
//! form that a kind of weights asks for.
//!
//! Per row and 32 values one record of 48 bytes: 32 bytes u, then f32 s, t, v, and
//! four bytes unused. Four rows make a panel as long as their records: per 32 values
//! 192 bytes, first column group by column group the four rows' four bytes (8 × 16),
//! then the rows' s, t and v (4 f32 each), 16 bytes unused. A batch is panels, then
//! up to three rows.
//!
//!     x ≈ s · u + t     s = (max − min) / levels     v = Σ (s · u + t)
//!
//! | form | for | u |
//! | --- | --- | --- |
//! | Bytes | Q8 | as the engine reads bytes (`simd::ByteRange`): 0..=255, −128..=127 or 0..=127 |
//! | Signed | Q40, Q41 | −128..=127 |
//!
//! The offset t makes use of all levels where a block is one-sided. s, t and v are
//! stored times 2⁵⁶ ([`LIFT`]): kernels multiply them with scales of weights times
//! 2⁻¹¹² and lift the sums once more at the end, which saves widening each scale.

use crate::matrix::{BLOCK, Kind};
use crate::simd::*;

/// Bytes of a record.
pub const RECORD: usize = 48;
/// Rows per panel.
pub const PANEL_ROWS: usize = 4;
/// Bytes of a panel's record.
pub const PANEL: usize = PANEL_ROWS * RECORD;

/// 2⁵⁶, half of the distance between the exponents of half and single precision.
pub const LIFT: f32 = (1u64 << 56) as f32;

/// What the kernels of a kind of weights read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// f32.
    Float,
    /// Bytes as the engine reads them.
    Bytes,
    /// Signed bytes.
    Signed,
}

/// The form that weights of `kind` are multiplied with.
pub fn form_of(kind: Kind, exact: bool) -> Form {
    match kind {
        _ if exact => Form::Float,
        Kind::F32 | Kind::F16 => Form::Float,
        Kind::Q8 => Form::Bytes,
        Kind::Q40 | Kind::Q41 => Form::Signed,
    }
}

/// Rows of inputs, [rows, stride], columns behind `columns` are zero.
pub struct Activations {
    /// Values per row.
    pub columns: usize,
    /// `columns` rounded up to a block.
    pub stride: usize,
    /// The values.
    pub floats: Vec<f32>,
    /// Records, [rows, stride / 32].
    pub records: Vec<u8>,
    /// Form of the records and how many rows there are, if there are any.
    prepared: Option<(Form, usize)>,
    /// How the engine reads bytes.
    pub range: ByteRange,
}

impl Activations {
    /// Rows of `columns` values.
    pub fn new(columns: usize) -> Activations {
        let stride = columns.div_ceil(BLOCK) * BLOCK;
        Activations {
            columns,
            stride,
            floats: Vec::new(),
            records: Vec::new(),
            prepared: None,
            range: byte_range(),
        }
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
        self.prepared = None;
    }

    /// Row `i`, columns only.
    pub fn row_mut(&mut self, i: usize) -> &mut [f32] {
        &mut self.floats[i * self.stride..i * self.stride + self.columns]
    }

    /// Quantizes the first `rows` rows unless that was done already.
    pub fn prepare(&mut self, form: Form, rows: usize) {
        if form == Form::Float || self.prepared == Some((form, rows)) {
            return;
        }
        let range = if form == Form::Signed { ByteRange::Signed } else { self.range };
        let blocks = self.stride / BLOCK;
        let panels = rows / PANEL_ROWS * PANEL_ROWS;
        let values = self.floats[..rows * self.stride].chunks_exact(BLOCK);
        for (i, x) in values.enumerate() {
            let (row, block) = (i / blocks, i % blocks);
            let x = quantize(x.try_into().expect("a block"), range);
            if row < panels {
                let at = row / PANEL_ROWS * PANEL_ROWS * blocks * RECORD + block * PANEL;
                x.put_in_panel(&mut self.records[at..at + PANEL], row % PANEL_ROWS);
            } else {
                x.put(&mut self.records[i * RECORD..(i + 1) * RECORD]);
            }
        }
        self.prepared = Some((form, rows));
    }
}

/// A quantized block; the scales are not lifted yet.
struct Quantized {
    u: [u8; BLOCK],
    scales: [f32; 3],
}

impl Quantized {
    /// Writes a row's record.
    fn put(&self, to: &mut [u8]) {
        to[..BLOCK].copy_from_slice(&self.u);
        for (place, value) in to[BLOCK..].chunks_exact_mut(4).zip(self.scales) {
            place.copy_from_slice(&(value * LIFT).to_le_bytes());
        }
    }

    /// Writes row `row` of a panel's record.
    fn put_in_panel(&self, to: &mut [u8], row: usize) {
        let places = to.chunks_exact_mut(16).zip(self.u.chunks_exact(4));
        for (place, bytes) in places {
            place[4 * row..4 * row + 4].copy_from_slice(bytes);
        }
        let places = to[PANEL_ROWS * BLOCK..].chunks_exact_mut(16).zip(self.scales);
        for (place, value) in places {
            place[4 * row..4 * row + 4].copy_from_slice(&(value * LIFT).to_le_bytes());
        }
    }
}

/// Quantizes a block to bytes with an offset.
fn quantize(x: &[f32; BLOCK], range: ByteRange) -> Quantized {
    let (levels, zero) = match range {
        ByteRange::Unsigned => (255.0, 0),
        ByteRange::Signed => (255.0, 128),
        ByteRange::Seven => (127.0, 0),
    };
    let x: [v128; 8] =
        core::array::from_fn(|i| load4(x[4 * i..4 * i + 4].try_into().expect("four numbers")));
    let (mut low, mut high) = (x[0], x[0]);
    for &part in &x[1..] {
        low = f32x4_pmin(low, part);
        high = f32x4_pmax(high, part);
    }
    let least = -max_lane(f32x4_neg(low));
    let s = (max_lane(high) - least) / levels;
    let inverse = f32x4_splat(if s > 0.0 { 1.0 / s } else { 0.0 });
    let u = x.map(|part| {
        let steps = f32x4_nearest(f32x4_mul(f32x4_sub(part, f32x4_splat(least)), inverse));
        let steps = f32x4_max(f32x4_min(steps, f32x4_splat(levels)), f32x4_splat(0.0));
        i32x4_sub(i32x4_trunc_sat_f32x4(steps), i32x4_splat(zero))
    });
    let total = u.into_iter().reduce(|a, b| i32x4_add(a, b)).expect("eight vectors");
    let t = least + s * zero as f32;
    let v = s * sum_lanes(f32x4_convert_i32x4(total)) + BLOCK as f32 * t;
    let mut bytes = [0u8; BLOCK];
    for half in 0..2 {
        let [a, b, c, d] = core::array::from_fn(|i| u[4 * half + i]);
        let (ab, cd) = (i16x8_narrow_i32x4(a, b), i16x8_narrow_i32x4(c, d));
        let sixteen = match range {
            ByteRange::Signed => i8x16_narrow_i16x8(ab, cd),
            _ => u8x16_narrow_i16x8(ab, cd),
        };
        // SAFETY: bytes 16 · half to 16 · half + 15 are among the 32.
        unsafe { v128_store(bytes.as_mut_ptr().add(16 * half).cast(), sixteen) }
    }
    Quantized { u: bytes, scales: [s, t, v] }
}
