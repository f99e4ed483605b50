//! Splits work over threads.
//!
//! A job's items are handed out in chunks. The caller works on them itself; a
//! worker that is awake joins, one that comes late finds the gate closed and
//! goes back to waiting. The caller returns when every worker that joined has
//! left, so closures may borrow from its stack. Workers spin for a while between
//! jobs, then sleep. In the module without shared memory nobody ever joins.

use core::cell::UnsafeCell;
use core::ops::Range;
use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering::SeqCst};

/// Work on a range of items by one thread.
pub type Work<'a> = dyn Fn(Range<usize>) + Sync + 'a;

/// Multiply-accumulates below which a job is not worth sharing: about five microseconds.
const SMALLEST_JOB: usize = 250_000;
/// Chunks per thread, so that a slow thread delays little.
const CHUNKS: usize = 4;
/// Looks at the epoch before a worker sleeps: some 50 microseconds.
const SPINS: u32 = 20_000;
/// Bit of the gate that keeps workers out.
const CLOSED: u32 = 1 << 31;

struct Pool {
    /// Counts jobs; workers wait for it to change.
    epoch: AtomicU32,
    /// Workers inside a job, and [`CLOSED`].
    gate: AtomicU32,
    /// Workers that may be inside.
    allowed: AtomicU32,
    /// Workers asleep.
    asleep: AtomicU32,
    /// Set once: workers leave.
    stopped: AtomicU32,
    /// First item not handed out.
    next: AtomicUsize,
    items: AtomicUsize,
    chunk: AtomicUsize,
    work: UnsafeCell<Option<&'static Work<'static>>>,
}

// SAFETY: `work` is written only while the gate is closed and nobody is inside.
unsafe impl Sync for Pool {}

static POOL: Pool = Pool {
    epoch: AtomicU32::new(0),
    gate: AtomicU32::new(CLOSED),
    allowed: AtomicU32::new(0),
    asleep: AtomicU32::new(0),
    stopped: AtomicU32::new(0),
    next: AtomicUsize::new(0),
    items: AtomicUsize::new(0),
    chunk: AtomicUsize::new(1),
    work: UnsafeCell::new(None),
};

/// Says how many threads may take part from now on, the caller included.
pub fn allow(threads: u32) {
    POOL.allowed.store(threads.saturating_sub(1), SeqCst);
}

/// Runs `work` over `items`; `macs` says how much it is altogether.
pub fn split(items: usize, macs: usize, work: &Work) {
    let helpers = POOL.allowed.load(SeqCst) as usize;
    if helpers == 0 || macs < SMALLEST_JOB || items < 2 {
        return work(0..items);
    }
    POOL.chunk.store(items.div_ceil(CHUNKS * (helpers + 1)), SeqCst);
    POOL.items.store(items, SeqCst);
    POOL.next.store(0, SeqCst);
    // SAFETY: the gate is closed and nobody is inside, so nobody reads `work`; its borrow is
    // stretched only until the gate is closed again below, with everybody out.
    unsafe {
        *POOL.work.get() = Some(core::mem::transmute::<&Work<'_>, &'static Work<'static>>(work));
    }
    POOL.gate.store(0, SeqCst);
    POOL.epoch.fetch_add(1, SeqCst);
    if POOL.asleep.load(SeqCst) > 0 {
        wake();
    }
    take_chunks(work);
    POOL.gate.fetch_or(CLOSED, SeqCst);
    while POOL.gate.load(SeqCst) != CLOSED {
        core::hint::spin_loop();
    }
}

/// Works on chunks until none is left.
fn take_chunks(work: &Work) {
    let (items, chunk) = (POOL.items.load(SeqCst), POOL.chunk.load(SeqCst));
    loop {
        let from = POOL.next.fetch_add(chunk, SeqCst);
        if from >= items {
            return;
        }
        work(from..(from + chunk).min(items));
    }
}

/// Enters the job at hand, if there is one and room in it.
fn join() -> bool {
    let mut gate = POOL.gate.load(SeqCst);
    loop {
        if gate >= POOL.allowed.load(SeqCst) {
            return false; // full, or closed
        }
        match POOL.gate.compare_exchange(gate, gate + 1, SeqCst, SeqCst) {
            Ok(_) => return true,
            Err(now) => gate = now,
        }
    }
}

/// What a worker does until [`stop`].
pub fn serve() {
    let mut seen = 0;
    while POOL.stopped.load(SeqCst) == 0 {
        seen = await_epoch(seen);
        if join() {
            // SAFETY: inside the gate `work` is set and lives until this thread has left.
            if let Some(work) = unsafe { *POOL.work.get() } {
                take_chunks(work);
            }
            POOL.gate.fetch_sub(1, SeqCst);
        }
    }
}

/// Waits until the epoch is not `seen` and returns it.
fn await_epoch(seen: u32) -> u32 {
    for _ in 0..SPINS {
        let epoch = POOL.epoch.load(SeqCst);
        if epoch != seen {
            return epoch;
        }
        core::hint::spin_loop();
    }
    POOL.asleep.fetch_add(1, SeqCst);
    sleep(seen);
    POOL.asleep.fetch_sub(1, SeqCst);
    POOL.epoch.load(SeqCst)
}

/// Sends all workers away; [`start`] lets new ones in.
pub fn stop() {
    POOL.stopped.store(1, SeqCst);
    POOL.epoch.fetch_add(1, SeqCst);
    wake();
}

/// Undoes [`stop`], once the workers are gone.
pub fn start() {
    POOL.stopped.store(0, SeqCst);
}

/// Sleeps while the epoch is `seen`.
fn sleep(seen: u32) {
    #[cfg(target_feature = "atomics")]
    // SAFETY: the address is an aligned i32 of shared memory.
    unsafe {
        core::arch::wasm32::memory_atomic_wait32(POOL.epoch.as_ptr().cast(), seen as i32, -1);
    }
    #[cfg(not(target_feature = "atomics"))]
    let _ = seen;
}

/// Wakes all sleepers.
fn wake() {
    #[cfg(target_feature = "atomics")]
    // SAFETY: the address is an aligned i32 of shared memory.
    unsafe {
        core::arch::wasm32::memory_atomic_notify(POOL.epoch.as_ptr().cast(), u32::MAX);
    }
}
