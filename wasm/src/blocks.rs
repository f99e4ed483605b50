//! The decoder block on rows of residual states.
//!
//!     h ← h + W_O · attention(RoPE(W_Q · norm h), K, V)
//!     h ← h + W_down · (f(W_gate · norm h) ⊙ W_up · norm h)
//!
//! Families differ in the norm, in f, and in what is not there: biases, norms of query
//! and key heads, the gate (then f of W_up · norm h), rotation.
//!
//! Queries, keys and values are computed from fine inputs: they are a seventh of the
//! work, and rounding them costs as much agreement as rounding all the rest.
//! Reference: backends/cpu/blocks.ts.

use core::cell::RefCell;

use crate::activations::Precision;
use crate::attention::{Entries, attend};
use crate::cache::{HOLE, OWED, PRESENT};
use crate::matmul::{Target, matmul};
use crate::pool;
use crate::row_math::{add, gated, norm_head, normalize, ungated};
use crate::session::{Buffer, Fault, Row, Session};

/// Roles of matrices, see `session::ROLES`.
const QUERY: usize = 0;
const KEY: usize = 1;
const VALUE: usize = 2;
const ATTENTION_OUTPUT: usize = 3;
const GATE: usize = 4;
const UP: usize = 5;
const DOWN: usize = 6;

/// Roles of vectors, see `session::VECTORS`; a norm's bias follows it.
const ATTENTION_NORM: usize = 0;
const QUERY_BIAS: usize = 2;
const QUERY_NORM: usize = 3;
const KEY_BIAS: usize = 4;
const KEY_NORM: usize = 5;
const VALUE_BIAS: usize = 6;
const ATTENTION_OUTPUT_BIAS: usize = 7;
const MLP_NORM: usize = 8;
const UP_BIAS: usize = 10;
const DOWN_BIAS: usize = 11;

/// Which pass of which block.
#[derive(Clone, Copy)]
pub struct Pass {
    /// Block.
    pub block: usize,
    /// 0 for the first run of a block by a row.
    pub pass: usize,
}

/// A result of threads, each writing its own rows and heads.
struct Shared(*mut f32);
// SAFETY: see `attend_rows`: threads write disjoint ranges.
unsafe impl Sync for Shared {}

thread_local! {
    /// Scores and outputs of a thread's heads.
    static HEADS: RefCell<(Vec<f32>, Vec<f32>)> = const { RefCell::new((Vec::new(), Vec::new())) };
}

/// The target of a product that fills a buffer.
fn target(buffer: &mut Buffer) -> Target<'_> {
    Target { stride: buffer.stride, out: &mut buffer.data }
}

impl Session {
    fn layer_index(&self, at: Pass) -> usize {
        at.pass * self.shapes.layers + at.block
    }

    /// Gathers the rows' states, normalized, into scratch.
    fn normalize(&mut self, rows: &[Row], l: usize, mlp: bool) {
        let block = &self.blocks[l];
        let first = if mlp { MLP_NORM } else { ATTENTION_NORM };
        let parts = &block.vectors[first..first + 2];
        self.scratch.x.reserve(rows.len());
        self.scratch.x.touch();
        for (i, row) in rows.iter().enumerate() {
            let x = self.states.row(row.state);
            normalize(self.scratch.x.row_mut(i), x, parts, &self.shapes);
        }
    }

    /// Adds the output scratch, with its bias, to the states.
    fn add_out(&mut self, rows: &[Row], l: usize, bias: usize) {
        let d = self.shapes.d;
        let bias = &self.blocks[l].vectors[bias];
        for (i, row) in rows.iter().enumerate() {
            add(self.scratch.out.row_mut(i), bias);
            add(&mut self.states.row_mut(row.state)[..d], &self.scratch.out.row(i)[..d]);
        }
    }

    /// Writes keys and values of normalized rows into their caches.
    fn store(&mut self, rows: &[Row], at: Pass) {
        let (shapes, index) = (self.shapes, self.layer_index(at));
        let (head, padded, width) = (shapes.head, shapes.padded_head(), shapes.kv_width());
        let fine = (rows.len(), shapes.precision(Precision::Fine));
        self.scratch.kv.reserve(rows.len());
        for (role, bias) in [(KEY, KEY_BIAS), (VALUE, VALUE_BIAS)] {
            let scratch = &mut self.scratch;
            matmul(
                target(&mut scratch.kv),
                &mut scratch.x,
                self.blocks[at.block].matrix(role),
                fine,
            );
            for (i, row) in rows.iter().enumerate() {
                let from = scratch.kv.row_mut(i);
                let block = &self.blocks[at.block];
                add(from, &block.vectors[bias]);
                let slot = self.slots[row.slot].as_mut().expect("the slot is open");
                let layer = slot.layer(index);
                layer.reserve(row.position, width, shapes.context);
                let to = if role == KEY { &mut layer.keys } else { &mut layer.values };
                let to = &mut to[row.position * width..(row.position + 1) * width];
                for (from, to) in from
                    .chunks_exact_mut(head)
                    .zip(to.chunks_exact_mut(padded))
                    .take(shapes.kv_heads)
                {
                    if role == KEY {
                        norm_head(from, &block.vectors[KEY_NORM], shapes.epsilon);
                        if !block.unrotated {
                            self.rope.rotate(from, row.position);
                        }
                    }
                    to[..head].copy_from_slice(from);
                }
                layer.present[row.position] = PRESENT;
            }
        }
    }

    /// Lists what each row may attend to; fails where an entry is missing. In
    /// later passes of a repeated block an entry never written is a hole.
    fn see(&mut self, rows: &[Row], at: Pass) -> Result<(), Fault> {
        let index = self.layer_index(at);
        self.scratch.visible.clear();
        self.scratch.seen.clear();
        for row in rows {
            let slot = self.slots[row.slot].as_mut().expect("the slot is open");
            let present = &slot.layer(index).present;
            let entries = &present[..present.len().min(row.position + 1)];
            let complete = entries.len() == row.position + 1;
            if complete && entries.iter().all(|&entry| entry == PRESENT) {
                self.scratch.seen.push((-1, row.position + 1));
                continue;
            }
            let start = self.scratch.visible.len();
            for position in 0..=row.position {
                match entries.get(position).copied().unwrap_or(OWED) {
                    PRESENT => self.scratch.visible.push(position as u32),
                    HOLE => {}
                    OWED if at.pass > 0 => {}
                    entry => return Err(Fault { position, entry }),
                }
            }
            self.scratch.seen.push((start as i32, self.scratch.visible.len() - start));
        }
        Ok(())
    }

    /// Attention of all rows, threads sharing out rows and heads.
    fn attend_rows(&mut self, rows: &[Row], index: usize) {
        let shapes = self.shapes;
        let (head, padded, width) = (shapes.head, shapes.padded_head(), shapes.kv_width());
        let group = shapes.heads / shapes.kv_heads;
        let scratch = &mut self.scratch;
        let out = Shared(scratch.mixed.floats.as_mut_ptr());
        let (stride, floats) = (scratch.mixed.stride, scratch.mixed.floats.len());
        assert!(rows.len() * stride <= floats && shapes.heads * head <= stride);
        let (seen, visible, identity) = (&scratch.seen, &scratch.visible, &scratch.identity);
        let (slots, turned) = (&self.slots, &scratch.turned);
        let macs = 2 * head * shapes.heads * seen.iter().map(|&(_, count)| count).sum::<usize>();
        pool::split(rows.len() * shapes.kv_heads, macs, &|items| {
            let out = &out;
            HEADS.with_borrow_mut(|(scores, mixed)| {
                mixed.resize(group * padded, 0.0);
                for item in items {
                    let (i, kv) = (item / shapes.kv_heads, item % shapes.kv_heads);
                    let layer = &slots[rows[i].slot].as_ref().expect("open").layers[index];
                    let (start, count) = seen[i];
                    let visible = match usize::try_from(start) {
                        Ok(start) => &visible[start..start + count],
                        Err(_) => &identity[..count],
                    };
                    let entries = Entries {
                        keys: &layer.keys[kv * padded..],
                        values: &layer.values[kv * padded..],
                        stride: width,
                        visible,
                        size: padded,
                        scale: 1.0 / (head as f32).sqrt(),
                    };
                    let first = kv * group;
                    let q = &turned.row(i)[first * padded..(first + group) * padded];
                    attend(mixed, q, entries, scores);
                    for (h, from) in mixed.chunks_exact(padded).take(group).enumerate() {
                        let at = i * stride + (first + h) * head;
                        // SAFETY: heads `first + h` of row i lie in `mixed` by the assertion
                        // above, and no other item has them.
                        let to = unsafe { core::slice::from_raw_parts_mut(out.0.add(at), head) };
                        to.copy_from_slice(&from[..head]);
                    }
                }
            });
        });
    }

    /// Runs attention of a block on rows and adds its output to their states.
    pub fn attention(&mut self, rows: &[Row], at: Pass) -> Result<(), Fault> {
        let shapes = self.shapes;
        let fine = (rows.len(), shapes.precision(Precision::Fine));
        self.normalize(rows, at.block, false);
        self.store(rows, at);
        self.see(rows, at)?;
        let scratch = &mut self.scratch;
        for buffer in [&mut scratch.q, &mut scratch.turned, &mut scratch.out] {
            buffer.reserve(rows.len());
        }
        scratch.mixed.reserve(rows.len());
        let block = &self.blocks[at.block];
        matmul(target(&mut scratch.q), &mut scratch.x, block.matrix(QUERY), fine);
        for (i, row) in rows.iter().enumerate() {
            add(scratch.q.row_mut(i), &block.vectors[QUERY_BIAS]);
            let from = scratch.q.row(i).chunks_exact(shapes.head);
            let to = scratch.turned.row_mut(i).chunks_exact_mut(shapes.padded_head());
            for (from, to) in from.zip(to).take(shapes.heads) {
                let to = &mut to[..shapes.head];
                to.copy_from_slice(from);
                norm_head(to, &block.vectors[QUERY_NORM], shapes.epsilon);
                if !block.unrotated {
                    self.rope.rotate(to, row.position);
                }
            }
        }
        self.attend_rows(rows, self.layer_index(at));
        let scratch = &mut self.scratch;
        scratch.mixed.touch();
        let w = self.blocks[at.block].matrix(ATTENTION_OUTPUT);
        let rounded = (rows.len(), shapes.precision(Precision::Rounded));
        matmul(target(&mut scratch.out), &mut scratch.mixed, w, rounded);
        self.add_out(rows, at.block, ATTENTION_OUTPUT_BIAS);
        Ok(())
    }

    /// Runs the MLP of block `l` on rows and adds its output to their states.
    pub fn mlp(&mut self, rows: &[Row], l: usize) {
        let gelu = self.shapes.gelu;
        let rounded = (rows.len(), self.shapes.precision(Precision::Rounded));
        self.normalize(rows, l, true);
        let (block, scratch) = (&self.blocks[l], &mut self.scratch);
        scratch.gate.reserve(rows.len());
        scratch.up.reserve(rows.len());
        scratch.out.reserve(rows.len());
        let stride = scratch.gate.stride;
        let gate = Target { stride, out: &mut scratch.gate.floats };
        let up_bias = &block.vectors[UP_BIAS];
        if let Some(matrix) = &block.matrices[GATE] {
            matmul(gate, &mut scratch.x, matrix, rounded);
            matmul(target(&mut scratch.up), &mut scratch.x, block.matrix(UP), rounded);
            for i in 0..rows.len() {
                add(scratch.up.row_mut(i), up_bias);
                gated(scratch.gate.row_mut(i), scratch.up.row(i), gelu);
            }
        } else {
            matmul(gate, &mut scratch.x, block.matrix(UP), rounded);
            for i in 0..rows.len() {
                add(scratch.gate.row_mut(i), up_bias);
                ungated(scratch.gate.row_mut(i), gelu);
            }
        }
        scratch.gate.touch();
        matmul(target(&mut scratch.out), &mut scratch.gate, block.matrix(DOWN), rounded);
        self.add_out(rows, l, DOWN_BIAS);
    }

    /// Writes keys and values of a block from the rows' states as they stand.
    pub fn project_kv(&mut self, rows: &[Row], at: Pass) {
        self.normalize(rows, at.block, false);
        self.store(rows, at);
    }

    /// Copies each row's entry of the layer that it ran last.
    pub fn copy_kv(&mut self, rows: &[Row], at: Pass) {
        let (index, width, context) =
            (self.layer_index(at), self.shapes.kv_width(), self.shapes.context);
        for row in rows {
            let last = usize::try_from(row.last).expect("the host checked that a block has run");
            let slot = self.slot(row.slot);
            slot.layer(index).reserve(row.position, width, context);
            slot.layer(last).reserve(row.position, width, context);
            let entry = row.position * width..(row.position + 1) * width;
            let keys = slot.layer(last).keys[entry.clone()].to_vec();
            let values = slot.layer(last).values[entry.clone()].to_vec();
            let layer = slot.layer(index);
            layer.keys[entry.clone()].copy_from_slice(&keys);
            layer.values[entry].copy_from_slice(&values);
            layer.present[row.position] = PRESENT;
        }
    }

    /// Marks the rows' entries of a block without writing any.
    pub fn mark_kv(&mut self, rows: &[Row], at: Pass, entry: u8) {
        let (index, width, context) =
            (self.layer_index(at), self.shapes.kv_width(), self.shapes.context);
        for row in rows {
            let layer = self.slot(row.slot).layer(index);
            layer.reserve(row.position, width, context);
            layer.present[row.position] = entry;
        }
    }
}
