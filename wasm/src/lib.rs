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
mod export_load;
mod export_step;
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

use crate::cache::Slot;
use crate::matrix::Matrix;
use crate::network::Step;
use crate::row_math::Rope;
use crate::session::{Row, Session, Shapes};

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

#[wasm_bindgen]
impl Engine {
    /// An engine for shapes: layers, d, ffn, heads, kvHeads, headDim, vocab, context,
    /// exact, rope pairs, adjacent, layer normalization, gelu.
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
            layer_norm: at(11) != 0,
            gelu: at(12) != 0,
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

    /// Room for `count` states; what was there stays.
    pub fn reserve_states(&mut self, count: usize) {
        self.session.states.reserve(count);
    }

    /// Puts the embedding of a token at a position into a state.
    pub fn embed(&mut self, state: usize, token: usize, position: usize) {
        let d = self.session.shapes.d;
        let embedding = self.session.embedding.as_ref().expect("the embedding is loaded");
        let x = &mut self.session.states.row_mut(state)[..d];
        embedding.row(token, x);
        if let Some(positions) = &self.session.positions {
            let mut learned = vec![0.0; d];
            positions.row(position, &mut learned);
            row_math::add(x, &learned);
        }
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
