//! Splits work over threads.
//!
//! In the module without shared memory, the caller does everything itself.

use core::ops::Range;

/// Work on a range of items by one thread.
pub type Work<'a> = dyn Fn(Range<usize>) + Sync + 'a;

/// Runs `work` over `items`, in contiguous shares.
pub fn split(items: usize, work: &Work) {
    work(0..items);
}
