//! Kernels and state of the wasm backend.
//!
//! One `Engine` holds one opened model in linear memory. The host keeps the
//! books (rows, slots, marks, what was read out) and passes indices; it writes
//! tables and staged bytes at the offsets that `stage` and `table` return, which
//! are valid until the next call. Sizes are checked by the host; here an index out
//! of bounds traps.
//!
//! Reference for everything: backends/cpu.

#![cfg_attr(target_feature = "atomics", feature(stdarch_wasm_atomic_wait))]

mod activations;
mod attention;
mod blocks;
mod cache;
mod half;
mod matmul;
mod matrix;
mod network;
mod pool;
mod readouts;
mod reduce;
mod repack;
mod row_math;
mod session;
mod simd;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::blocks::Pass;
use crate::cache::Slot;
use crate::matrix::{Kind, Matrix};
use crate::network::{Activation, Step};
use crate::repack::{Source, pack_rows};
use crate::row_math::Rope;
use crate::session::{Head, ROLES, Row, Session, Shapes};

/// Columns of the row table: state, slot, position, last layer.
const TABLE: usize = 4;

/// An opened model.
#[wasm_bindgen]
pub struct Engine {
    session: Session,
    staged: Vec<u32>,
    table: Vec<i32>,
    rows: Vec<Row>,
    packing: Option<(u32, u32, Matrix)>,
    steps: Vec<Step>,
    answer: Vec<f32>,
    threads: u32,
}

/// Serves as a worker thread until [`stop_workers`]; needs the module with shared memory.
#[wasm_bindgen]
pub fn serve() {
    pool::serve();
}

/// Sends the workers away.
#[wasm_bindgen]
pub fn stop_workers() {
    pool::stop();
}

/// Lets workers in again after [`stop_workers`].
#[wasm_bindgen]
pub fn start_workers() {
    pool::start();
}

/// `row` as an option: −1 is none.
fn index(row: i32) -> Option<usize> {
    usize::try_from(row).ok()
}

#[wasm_bindgen]
impl Engine {
    /// An engine for shapes: layers, d, ffn, heads, kvHeads, headDim, vocab, context,
    /// exact, rope pairs, adjacent (twelve numbers less epsilon, staged as u32 by the host).
    #[wasm_bindgen(constructor)]
    pub fn new(shapes: &[u32], epsilon: f32) -> Engine {
        let at = |i: usize| shapes[i] as usize;
        let shapes = Shapes {
            layers: at(0),
            d: at(1),
            ffn: at(2),
            heads: at(3),
            kv_heads: at(4),
            head: at(5),
            vocab: at(6),
            context: at(7),
            epsilon,
            exact: at(8) != 0,
        };
        let rope = Rope { pairs: at(9), adjacent: at(10) != 0, table: Vec::new() };
        Engine {
            session: Session::new(shapes, rope),
            staged: Vec::new(),
            table: Vec::new(),
            rows: Vec::new(),
            packing: None,
            steps: Vec::new(),
            answer: Vec::new(),
            threads: 1,
        }
    }

    /// Threads that may take part in this engine's work, the caller included.
    pub fn set_threads(&mut self, threads: u32) {
        self.threads = threads;
    }

    /// Room for `bytes` bytes from the host; returns their offset.
    pub fn stage(&mut self, bytes: usize) -> *mut u32 {
        self.staged.resize(bytes.div_ceil(4).max(self.staged.len()), 0);
        self.staged.as_mut_ptr()
    }

    /// Frees the staging room.
    pub fn unstage(&mut self) {
        self.staged = Vec::new();
    }

    fn staged_floats(&self, from: usize, count: usize) -> Vec<f32> {
        self.staged[from..from + count].iter().map(|&bits| f32::from_bits(bits)).collect()
    }

    /// Starts a matrix. Slot: block, or `global` roles 0 embedding, 1 output, 2 + i head i.
    pub fn begin_matrix(&mut self, place: u32, role: u32, kind: u32, rows: usize, columns: usize) {
        self.packing = Some((place, role, Matrix::zeros(Kind::from_code(kind), rows, columns)));
    }

    /// Packs staged rows of the matrix begun; `floats` when they are f32 and the matrix is not.
    pub fn pack(&mut self, first: usize, count: usize, floats: bool) {
        let (_, _, matrix) = self.packing.as_mut().expect("a matrix was begun");
        // SAFETY: u32 values are four readable bytes each, without padding.
        let bytes = unsafe {
            core::slice::from_raw_parts(self.staged.as_ptr().cast::<u8>(), self.staged.len() * 4)
        };
        let source = if floats { Source::F32 } else { Source::Same };
        pack_rows(matrix, bytes, first, count, source);
    }

    /// Puts the matrix in its place: a block's role, or, past the last block, a global one.
    pub fn end_matrix(&mut self) {
        let (place, role, matrix) = self.packing.take().expect("a matrix was begun");
        let (place, role) = (place as usize, role as usize);
        match self.session.blocks.get_mut(place) {
            Some(block) => {
                assert!(role < ROLES);
                block.matrices[role] = Some(matrix);
            }
            None if role == 0 => self.session.embedding = Some(matrix),
            None if role == 1 => self.session.output = Some(matrix),
            None => self.session.heads[role - 2].matrix = Some(matrix),
        }
    }

    /// Takes staged f32 as a norm: 0 attention, 1 MLP of a block; past the last block the output's.
    pub fn set_norm(&mut self, place: usize, role: u32) {
        let w = self.staged_floats(0, self.session.shapes.d);
        match (self.session.blocks.get_mut(place), role) {
            (Some(block), 0) => block.attention_norm = w,
            (Some(block), _) => block.mlp_norm = w,
            (None, _) => self.session.output_norm = w,
        }
    }

    /// Takes the staged rotation table [context, 2 · pairs].
    pub fn set_rope(&mut self) {
        let count = self.session.shapes.context * 2 * self.session.rope.pairs;
        self.session.rope.table = self.staged_floats(0, count);
    }

    /// Adds a step y = W x + b; W then b are staged.
    pub fn step_linear(&mut self, inputs: usize, outputs: usize) {
        let weight = self.staged_floats(0, inputs * outputs);
        let bias = self.staged_floats(inputs * outputs, outputs);
        self.steps.push(Step::Linear { weight, bias });
    }

    /// Adds an RMS normalization; its weights are staged.
    pub fn step_norm(&mut self, inputs: usize, epsilon: f64) {
        self.steps.push(Step::RmsNorm { weight: self.staged_floats(0, inputs), epsilon });
    }

    /// Adds an element-wise function: relu, silu, gelu, sigmoid, softmax.
    pub fn step_activation(&mut self, code: u32) {
        self.steps.push(Step::Activation(match code {
            0 => Activation::Relu,
            1 => Activation::Silu,
            2 => Activation::Gelu,
            3 => Activation::Sigmoid,
            _ => Activation::Softmax,
        }));
    }

    /// Adds y = x + up (down x); down then up are staged.
    pub fn step_low_rank(&mut self, inputs: usize, rank: usize) {
        let down = self.staged_floats(0, inputs * rank);
        let up = self.staged_floats(inputs * rank, inputs * rank);
        self.steps.push(Step::ResidualLowRank { down, up, rank });
    }

    /// Makes the steps added so far a probe.
    pub fn add_probe(&mut self) {
        self.session.probes.push(core::mem::take(&mut self.steps));
    }

    /// Makes the steps added so far a head, whose matrix may follow.
    pub fn add_head(&mut self) {
        let steps = core::mem::take(&mut self.steps);
        self.session.heads.push(Head { steps, matrix: None });
    }

    /// Room for `count` states; what was there stays.
    pub fn reserve_states(&mut self, count: usize) {
        self.session.states.reserve(count);
    }

    /// Puts a token's embedding into a state.
    pub fn embed(&mut self, state: usize, token: usize) {
        let d = self.session.shapes.d;
        let embedding = self.session.embedding.as_ref().expect("the embedding is loaded");
        embedding.row(token, &mut self.session.states.row_mut(state)[..d]);
    }

    /// Copies a state.
    pub fn copy_state(&mut self, to: usize, from: usize) {
        let stride = self.session.states.stride;
        self.session.states.data.copy_within(from * stride..(from + 1) * stride, to * stride);
    }

    /// Opens a slot, empty.
    pub fn open_slot(&mut self, slot: usize) {
        if slot >= self.session.slots.len() {
            self.session.slots.resize_with(slot + 1, || None);
        }
        self.session.slots[slot] = Some(Slot::default());
    }

    /// Closes a slot and frees its cache.
    pub fn close_slot(&mut self, slot: usize) {
        self.session.slots[slot] = None;
    }

    /// Makes an open slot a copy of another.
    pub fn copy_slot(&mut self, to: usize, from: usize) {
        let copy = self.session.slot(from).clone();
        *self.session.slot(to) = copy;
    }

    /// Drops a slot's entries from a position on.
    pub fn truncate_slot(&mut self, slot: usize, length: usize) {
        self.session.slot(slot).truncate(length);
    }

    /// Room for a table of `rows` rows of four i32; returns its offset.
    pub fn table(&mut self, rows: usize) -> *mut i32 {
        self.table.resize((rows * TABLE).max(self.table.len()), 0);
        self.table.as_mut_ptr()
    }

    fn take_rows(&mut self, count: usize) -> Vec<Row> {
        let mut rows = core::mem::take(&mut self.rows);
        rows.clear();
        rows.extend(self.table[..count * TABLE].chunks_exact(TABLE).map(|row| Row {
            state: row[0] as usize,
            slot: row[1] as usize,
            position: row[2] as usize,
            last: row[3],
        }));
        rows
    }

    fn table_states(&self, count: usize) -> Vec<usize> {
        self.table[..count].iter().map(|&state| state as usize).collect()
    }

    /// Runs blocks on the table's rows: part 0 block, 1 attention, 2 MLP. Returns the
    /// first block that failed, `to` when all ran; the fault says why.
    pub fn run(&mut self, from: usize, to: usize, part: u32, pass: usize, count: usize) -> usize {
        pool::allow(self.threads);
        let rows = self.take_rows(count);
        let mut block = from;
        while block < to {
            if part != 2
                && let Err(fault) = self.session.attention(&rows, Pass { block, pass })
            {
                self.session.fault = fault;
                break;
            }
            if part != 1 {
                self.session.mlp(&rows, block);
            }
            block += 1;
        }
        self.rows = rows;
        block
    }

    /// Supplies entries of the table's rows: 0 projected, 1 copied, else marked 2 hole, 3 none.
    pub fn fill(&mut self, from: usize, to: usize, fill: u8, pass: usize, count: usize) {
        pool::allow(self.threads);
        let rows = self.take_rows(count);
        for block in from..to {
            let at = Pass { block, pass };
            match fill {
                0 => self.session.project_kv(&rows, at),
                1 => self.session.copy_kv(&rows, at),
                entry => self.session.mark_kv(&rows, at, entry),
            }
        }
        self.rows = rows;
    }

    /// Position of the missing entry that the last run met.
    pub fn fault_position(&self) -> usize {
        self.session.fault.position
    }

    /// State of that entry: 0 owed, 3 none.
    pub fn fault_entry(&self) -> u8 {
        self.session.fault.entry
    }

    /// Logits and reductions of the states listed in the table (one i32 each).
    pub fn logits(&mut self, head: usize, count: usize) {
        pool::allow(self.threads);
        let states = self.table_states(count);
        self.session.logits(head, &states);
    }

    /// Logits and reductions of a state over `count` ids from `first` on.
    pub fn subset_logits(&mut self, head: usize, state: usize, first: usize, count: usize) {
        self.session.subset_logits(head, state, (first, count));
    }

    /// Offset of the reductions: seven f64 per row.
    pub fn stats(&self) -> *const f64 {
        self.session.readout.stats.as_ptr().cast()
    }

    /// Offset of the logits; rows lie `logit_stride` numbers apart.
    pub fn logit_rows(&self) -> *const f32 {
        self.session.readout.logits.data.as_ptr()
    }

    /// Distance of rows of logits.
    pub fn logit_stride(&self) -> usize {
        self.session.readout.logits.stride
    }

    /// Offset of the logits over the last subset.
    pub fn subset_row(&self) -> *const f32 {
        self.session.readout.subset.as_ptr()
    }

    /// Sets logits aside: of a row, or of the last subset when −1. Returns how many.
    pub fn hold(&mut self, row: i32) -> usize {
        self.session.hold(index(row))
    }

    /// Compares what was set aside with a row's or, when −1, the last subset's logits.
    pub fn compare(&self, kind: u32, row: i32) -> f64 {
        self.session.compare(kind, index(row))
    }

    /// Keeps the k likeliest tokens of a row's, or the last subset's, logits.
    pub fn select(&mut self, k: usize, row: i32, within: usize) -> usize {
        self.session.select(k, index(row), within)
    }

    /// Forgets all subsets.
    pub fn clear_subsets(&mut self) {
        self.session.readout.ids.clear();
    }

    /// Token id at a place of the id list.
    pub fn subset_id(&self, at: usize) -> u32 {
        self.session.readout.ids[at]
    }

    /// A signal of two states: 0 cosine, 1 relative norm, 2 feature entropy.
    pub fn state_signal(&self, kind: u32, a: usize, b: usize) -> f64 {
        let d = self.session.shapes.d;
        let (a, b) = (&self.session.states.row(a)[..d], &self.session.states.row(b)[..d]);
        match kind {
            0 => reduce::cosine(a, b, false),
            1 => reduce::relative_norm(a, b),
            _ => reduce::feature_entropy(a, b),
        }
    }

    /// Runs a probe on the mean of the states listed in the table; returns its output's offset.
    pub fn probe(&mut self, probe: usize, count: usize) -> *const f32 {
        let states = self.table_states(count);
        self.answer = self.session.probe(probe, &states);
        self.answer.as_ptr()
    }

    /// Bytes of weights, trained parts, caches and scratch: 0, 1, 2, 3.
    pub fn bytes(&self, what: u32) -> usize {
        match what {
            0 => self.session.weight_bytes(),
            1 => self.session.part_bytes(),
            2 => self.session.kv_bytes(),
            _ => self.session.scratch_bytes() + 4 * (self.staged.len() + self.table.len()),
        }
    }
}
