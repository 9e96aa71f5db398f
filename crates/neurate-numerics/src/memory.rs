//! Where large arrays lie: at the beginning of a line of the cache, and in large pages.
//!
//! A product with weights that do not fit the cache waits for memory. Read in pages of 4 KiB, each page's place has to be
//! looked up, and each begins a new stream: at 4,000 dense units that takes a third of the bandwidth. In cache it is
//! the reads across two lines that cost: a tenth.

use aligned_vec::{AVec, ConstAlign};

/// An array that begins at a line of the cache.
pub type Lines<T> = AVec<T, ConstAlign<64>>;

/// What `values` gives, at the beginning of a line.
pub fn lines<T>(values: impl Iterator<Item = T>) -> Lines<T> {
    let mut lines = Lines::with_capacity(64, values.size_hint().0);
    values.for_each(|v| lines.push(v));
    lines
}

/// So many times the same value.
pub fn repeated<T: Clone>(value: T, count: usize) -> Lines<T> {
    let mut lines = Lines::new(64);
    lines.resize(count, value);
    lines
}

/// Asks the system to keep an array in large pages; what it cannot do it leaves, and contents do not change. Short arrays
/// are left alone: a processor knows the places of some thousand small pages by heart.
#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
pub fn in_large_pages<T>(data: &[T]) {
    /// Large pages of x86-64, and of arm64 with pages of 4 KiB.
    const LARGE: usize = 2 << 20;
    let begin = data.as_ptr().addr().next_multiple_of(LARGE);
    let end = (data.as_ptr().addr() + size_of_val(data)) / LARGE * LARGE;
    if end < begin + 4 * LARGE {
        return;
    }
    let inside = data.as_ptr().cast::<u8>().wrapping_add(begin - data.as_ptr().addr());
    let ask = |advice| {
        // SAFETY: the range lies inside `data`, which is borrowed. Both pieces of advice move its pages to other places in
        // physical memory; addresses, contents and permissions stay what they are.
        unsafe { libc::madvise(inside.cast_mut().cast(), end - begin, advice) }
    };
    // At once, from Linux 6.1 on; or else when the system finds the time.
    if ask(libc::MADV_COLLAPSE) != 0 {
        ask(libc::MADV_HUGEPAGE);
    }
}

/// Other systems choose their pages themselves.
#[cfg(not(target_os = "linux"))]
pub fn in_large_pages<T>(_: &[T]) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_stay() {
        // Two megabytes more than needed, begun off every boundary.
        let values: Vec<f64> = (0..2_000_000).map(f64::from).collect();
        for data in [&values[..], &values[1..], &values[..10], &[]] {
            let before = data.to_vec();
            in_large_pages(data);
            assert_eq!(data, before);
        }
        let at_line = lines(values.iter().copied());
        assert_eq!(at_line.as_ptr().addr() % 64, 0);
        assert_eq!(&at_line[..], &values[..]);
    }
}
