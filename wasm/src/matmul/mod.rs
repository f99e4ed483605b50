//! y = W x for rows of inputs, by tiles of eight outputs.
//!
//!     out[r, o] = Σ_i W[o, i] · x[r, i]
//!
//! Each output is summed block by block in column order, so its value does not
//! depend on how many rows are computed together nor on the number of threads.
//! Inner loops have a trip count that the compiler does not know: unrolled whole,
//! they are compiled chain after chain of sums, with every input spilled between.
//!
//! `out` must not alias the inputs. Reference: backends/cpu/kernels/matmul.ts;
//! float forms within 1e-5 of the row's norm, quantized forms within the
//! rounding of their activations (half a step of `activations.rs` per value).

mod bytes;
mod floats;
mod nibbles;
mod sums;

use core::cell::RefCell;

use nibbles::Nibbles;
use sums::Sums;

use crate::activations::{Activations, Form, PANEL_ROWS, Precision, record_bytes};
use crate::matrix::{BLOCK, Kind, Matrix, TILE};
use crate::pool;
use crate::simd::*;

/// One tile times a few rows.
trait Kernel {
    /// Whether rows by four lie in panels, see `activations`. Otherwise at most two go at once.
    const PANELS: bool;

    /// Sums of `R` rows.
    ///
    /// # Safety
    /// The task's tile holds its `blocks` records of the kernel's kind, each of `rows` as many
    /// blocks of inputs.
    unsafe fn sums<const R: usize>(task: Task, rows: [*const u8; R]) -> Sums<R>;

    /// Sums of a panel of rows.
    ///
    /// # Safety
    /// As for `sums`; `panel` holds as many panel records.
    unsafe fn panel(task: Task, panel: *const u8) -> Sums<PANEL_ROWS>;
}

/// A pointer that threads share, each writing its own tiles.
#[derive(Clone, Copy)]
struct Output(*mut f32);
// SAFETY: threads write disjoint columns of the output, see `matmul`.
unsafe impl Sync for Output {}

/// Where results go: rows `stride` apart, `stride` ≥ the padded outputs.
pub struct Target<'a> {
    /// [rows, stride].
    pub out: &'a mut [f32],
    /// Distance of rows.
    pub stride: usize,
}

/// One tile's share of a product.
#[derive(Clone, Copy)]
struct Task {
    tile: *const u8,
    blocks: usize,
    /// First row of inputs, and the bytes between rows.
    inputs: *const u8,
    input_bytes: usize,
    /// Where the first row's outputs go, and the numbers between rows.
    out: *mut f32,
    stride: usize,
    rows: usize,
    /// Whether the engine reads bytes as 0..=255.
    whole: bool,
    /// Bits per digit of the inputs.
    bits: u32,
}

impl Task {
    /// One row of inputs in a form; the tile comes later.
    fn new(x: &Activations, form: Form, out: *mut f32) -> Task {
        let blocks = x.stride / BLOCK;
        let (inputs, input_bytes) = match form {
            Form::Float => (x.floats.as_ptr().cast(), x.stride * 4),
            _ => (x.records.as_ptr(), blocks * record_bytes(form.digits())),
        };
        let whole = x.range == ByteRange::Unsigned;
        let seven = matches!(form, Form::Bytes(_)) && x.range == ByteRange::Seven;
        let bits = if seven { 7 } else { 8 };
        Task {
            tile: core::ptr::null(),
            blocks,
            inputs,
            input_bytes,
            out,
            stride: 0,
            rows: 1,
            whole,
            bits,
        }
    }
}

thread_local! {
    /// One tile as f32, where weights are widened before use.
    static WIDE: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

/// Multiplies the first `rows` rows of `x`.
pub fn matmul(
    target: Target,
    x: &mut Activations,
    w: &Matrix,
    (rows, precision): (usize, Precision),
) {
    let form = Form::of(w.kind, precision);
    x.prepare(form, rows);
    let (blocks, stride) = (w.blocks(), target.stride);
    assert!(x.stride == blocks * BLOCK && x.floats.len() >= rows * x.stride);
    assert!(
        x.records.len() >= rows * blocks * record_bytes(form.digits())
            && stride >= w.tiles() * TILE
    );
    assert!(rows == 0 || target.out.len() >= (rows - 1) * stride + w.tiles() * TILE);
    let output = Output(target.out.as_mut_ptr());
    let x = &*x;
    let task = |out| Task { rows, stride, ..Task::new(x, form, out) };
    pool::split(w.tiles(), rows * w.rows * w.columns, &|tiles| {
        let output = &output;
        for t in tiles {
            // SAFETY: the assertions above give each of `rows` rows a place for tile t, and
            // `rows` rows of inputs in the form; no other thread has tile t.
            unsafe { multiply(w, t, form, task(output.0.add(t * TILE))) }
        }
    });
}

/// Multiplies tile `t`.
///
/// # Safety
/// The task's pointers cover its rows, in that form and with as many blocks as `w`.
#[inline(always)]
unsafe fn multiply(w: &Matrix, t: usize, form: Form, task: Task) {
    let tile = w.tile(t);
    let task = Task { tile: tile.as_ptr(), ..task };
    // SAFETY: `tile` holds the matrix's blocks; the rest is the caller's promise.
    unsafe {
        match (form, w.kind) {
            (Form::Bytes(1), _) => run::<bytes::Bytes<1>>(task),
            (Form::Bytes(_), _) => run::<bytes::Bytes<2>>(task),
            (Form::Signed(1), Kind::Q41) if task.whole => run::<Nibbles<true, true, 1>>(task),
            (Form::Signed(1), Kind::Q41) => run::<Nibbles<true, false, 1>>(task),
            (Form::Signed(1), _) if task.whole => run::<Nibbles<false, true, 1>>(task),
            (Form::Signed(1), _) => run::<Nibbles<false, false, 1>>(task),
            (Form::Signed(_), Kind::Q41) if task.whole => run::<Nibbles<true, true, 2>>(task),
            (Form::Signed(_), _) if task.whole => run::<Nibbles<false, true, 2>>(task),
            (Form::Signed(_), Kind::Q41) => run::<Nibbles<true, false, 2>>(task),
            (Form::Signed(_), _) => run::<Nibbles<false, false, 2>>(task),
            (Form::Float, Kind::F32) => run::<floats::Floats<false>>(task),
            (Form::Float, Kind::F16) if task.rows <= 2 => run::<floats::Floats<true>>(task),
            (Form::Float, kind) => WIDE.with_borrow_mut(|wide| {
                wide.resize(task.blocks * BLOCK * TILE, 0.0);
                floats::widen(wide, tile, kind);
                run::<floats::Floats<false>>(Task { tile: wide.as_ptr().cast(), ..task });
            }),
        }
    }
}

/// The eight outputs of one tile for the first row of `x`, which is prepared for `w`.
pub fn one_tile(x: &Activations, w: &Matrix, t: usize, precision: Precision) -> [f32; TILE] {
    let mut out = [0f32; TILE];
    let blocks = w.blocks();
    let form = Form::of(w.kind, precision);
    assert!(x.stride == blocks * BLOCK && x.floats.len() >= x.stride);
    assert!(x.records.len() >= blocks * record_bytes(form.digits()));
    // SAFETY: one row of inputs and of outputs, as asserted and declared above.
    unsafe { multiply(w, t, form, Task::new(x, form, out.as_mut_ptr())) }
    out
}

/// Runs a tile over all rows, as many at once as registers hold.
///
/// # Safety
/// The task's pointers cover its rows and blocks.
#[inline(always)]
unsafe fn run<K: Kernel>(task: Task) {
    let mut row = 0;
    // SAFETY: rows from `row` on, as many as each call takes, belong to the task.
    unsafe {
        while K::PANELS && task.rows - row >= PANEL_ROWS {
            let panel = task.inputs.add(row * task.input_bytes);
            store(task, row, K::panel(task, panel));
            row += PANEL_ROWS;
        }
        while row < task.rows {
            let count = (task.rows - row).min(if K::PANELS { 3 } else { 2 });
            match count {
                1 => store(task, row, some::<K, 1>(task, row)),
                2 => store(task, row, some::<K, 2>(task, row)),
                _ => store(task, row, some::<K, 3>(task, row)),
            }
            row += count;
        }
    }
}

/// Sums of rows `first` to `first + R − 1` of a task.
///
/// # Safety
/// They belong to the task, whose pointers cover them.
#[inline(always)]
unsafe fn some<K: Kernel, const R: usize>(task: Task, first: usize) -> Sums<R> {
    // SAFETY: the caller's promise.
    unsafe {
        let rows = core::array::from_fn(|r| task.inputs.add((first + r) * task.input_bytes));
        K::sums::<R>(task, rows)
    }
}

/// Writes the sums of rows from `first` on.
///
/// # Safety
/// They belong to the task, whose outputs have room for them.
#[inline(always)]
unsafe fn store<const R: usize>(task: Task, first: usize, sums: Sums<R>) {
    for (r, [low, high]) in sums.into_iter().enumerate() {
        // SAFETY: eight outputs of each row, as the caller promises.
        unsafe {
            let out = task.out.add((first + r) * task.stride);
            v128_store(out.cast(), low);
            v128_store(out.add(4).cast(), high);
        }
    }
}
