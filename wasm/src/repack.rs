//! From rows as stored in model files to tiles.
//!
//! Sources: f32 and f16 in row order; Q8_0, Q4_0 and Q4_1 as GGUF stores them
//! (blocks of 32 values: d, m where there is one, then bytes or nibbles, byte i
//! holding values i and i + 16). f32 may also be quantized to Q8 here:
//! d = max|w| / 127 rounded to half, q = round(w / d).

use crate::half::{f32_to_half, half_to_f32};
use crate::matrix::{BLOCK, Kind, Matrix, TILE, q8_at};

/// What lies in the staging buffer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The matrix's own kind.
    Same,
    /// f32, to be stored as it is or quantized to Q8.
    F32,
}

/// Bytes of one row of `source` for a matrix.
fn row_bytes(matrix: &Matrix, source: Source) -> usize {
    let blocks = matrix.blocks();
    match (source, matrix.kind) {
        (Source::F32, _) | (_, Kind::F32) => matrix.columns * 4,
        (_, Kind::F16) => matrix.columns * 2,
        (_, Kind::Q8) => blocks * 34,
        (_, Kind::Q40) => blocks * 18,
        (_, Kind::Q41) => blocks * 20,
    }
}

/// Packs `count` rows from `first` on, read from `staged`.
pub fn pack_rows(matrix: &mut Matrix, staged: &[u8], first: usize, count: usize, source: Source) {
    let bytes = row_bytes(matrix, source);
    assert!(first + count <= matrix.rows && staged.len() >= count * bytes);
    let quantized = !matches!(matrix.kind, Kind::F32 | Kind::F16);
    assert!(!quantized || source == Source::F32 || matrix.columns.is_multiple_of(BLOCK));
    let (record, blocks, tile_bytes) =
        (matrix.kind.record_bytes(), matrix.blocks(), matrix.tile_bytes());
    for i in 0..count {
        let row = &staged[i * bytes..(i + 1) * bytes];
        let (tile, r) = ((first + i) / TILE, (first + i) % TILE);
        for b in 0..blocks {
            let at = tile * tile_bytes + b * record;
            let to = &mut matrix.data[at..at + record];
            match (matrix.kind, source) {
                (Kind::F32, _) => copy_plain::<4>(to, &row[b * BLOCK * 4..], r),
                (Kind::F16, Source::Same) => copy_plain::<2>(to, &row[b * BLOCK * 2..], r),
                (Kind::Q8, Source::Same) => {
                    let from = &row[b * 34..(b + 1) * 34];
                    put_q8(to, r, [from[0], from[1]], &from[2..]);
                }
                (Kind::Q8, Source::F32) => quantize_q8(to, r, &row[b * BLOCK * 4..]),
                (Kind::Q40, Source::Same) => put_nibbles::<2>(to, r, &row[b * 18..(b + 1) * 18]),
                (Kind::Q41, Source::Same) => put_nibbles::<4>(to, r, &row[b * 20..(b + 1) * 20]),
                _ => panic!("no way to pack this source"),
            }
        }
    }
}

/// Copies up to 32 numbers of `N` bytes into column order.
fn copy_plain<const N: usize>(to: &mut [u8], from: &[u8], r: usize) {
    for (c, value) in from.chunks_exact(N).take(BLOCK).enumerate() {
        let at = (c * TILE + r) * N;
        to[at..at + N].copy_from_slice(value);
    }
}

/// Stores a row's scale, values and the sum of its values.
fn put_q8(to: &mut [u8], r: usize, scale: [u8; 2], values: &[u8]) {
    to[2 * r..2 * r + 2].copy_from_slice(&scale);
    let mut sum = 0i16;
    for (c, &value) in values.iter().enumerate() {
        to[q8_at(r, c)] = value;
        sum += i16::from(value as i8);
    }
    to[16 + 2 * r..18 + 2 * r].copy_from_slice(&sum.to_le_bytes());
}

/// Quantizes up to 32 f32 and stores them; missing ones are zero.
fn quantize_q8(to: &mut [u8], r: usize, from: &[u8]) {
    let mut values = [0f32; BLOCK];
    for (value, bytes) in values.iter_mut().zip(from.chunks_exact(4)) {
        *value = f32::from_le_bytes(bytes.try_into().expect("four bytes"));
    }
    let largest = values.iter().fold(0f32, |most, value| most.max(value.abs()));
    let scale = f32_to_half(largest / 127.0);
    let step = half_to_f32(scale);
    let inverse = if step > 0.0 { 1.0 / step } else { 0.0 };
    let mut bytes = [0u8; BLOCK];
    for (byte, value) in bytes.iter_mut().zip(values) {
        *byte = (value * inverse).round().clamp(-127.0, 127.0) as i8 as u8;
    }
    put_q8(to, r, scale.to_le_bytes(), &bytes);
}

/// Stores a row's `HEAD` bytes of scale (and minimum), its 32 nibbles and their sum.
fn put_nibbles<const HEAD: usize>(to: &mut [u8], r: usize, from: &[u8]) {
    to[2 * r..2 * r + 2].copy_from_slice(&from[..2]);
    if HEAD == 4 {
        to[32 + 2 * r..34 + 2 * r].copy_from_slice(&from[2..4]);
    }
    let (start, shift) = (16 + 8 * HEAD, if r < 4 { 0 } else { 4 });
    let mut sum = 0i16;
    for c in 0..BLOCK {
        let pair = from[HEAD + c % 16];
        let nibble = if c < 16 { pair & 15 } else { pair >> 4 };
        let at = start + c / 4 * 16 + r % 4 * 4 + c % 4;
        to[at] = (to[at] & !(15 << shift)) | (nibble << shift);
        sum += i16::from(nibble);
    }
    to[16 + 2 * r..18 + 2 * r].copy_from_slice(&sum.to_le_bytes());
}
