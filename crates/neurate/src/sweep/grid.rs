//! Grids in more than one dimension: positions, chunks.

/// The position of index `k` in an array of this shape, the last dimension fastest.
pub(super) fn position(mut k: usize, shape: &[usize]) -> Vec<usize> {
    let mut at = vec![0; shape.len()];
    for (a, &n) in at.iter_mut().zip(shape).rev() {
        *a = k % n;
        k /= n;
    }
    at
}

/// The index of a position.
pub(super) fn index(at: &[usize], shape: &[usize]) -> usize {
    at.iter().zip(shape).fold(0, |k, (a, n)| k * n + a)
}

/// How many chunks of shape `chunk` cover each dimension.
pub(super) fn chunk_counts(shape: &[usize], chunk: &[usize]) -> Vec<usize> {
    shape.iter().zip(chunk).map(|(n, c)| n.div_ceil(*c)).collect()
}

/// A chunk's shape of about `cells` cells, as square as the grid allows.
pub(super) fn chunk_shape(shape: &[usize], cells: usize) -> Vec<usize> {
    let mut chunk = vec![1; shape.len()];
    // Every dimension doubles in turn, the last ones first, while it fits.
    loop {
        let mut grown = false;
        for d in (0..shape.len()).rev() {
            let next = (2 * chunk[d]).min(shape[d]);
            if next > chunk[d] && chunk.iter().product::<usize>() / chunk[d] * next <= cells {
                chunk[d] = next;
                grown = true;
            }
        }
        if !grown {
            return chunk;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_and_indices_are_inverse() {
        let shape = [3, 1, 4];
        for k in 0..12 {
            assert_eq!(index(&position(k, &shape), &shape), k);
        }
        assert_eq!(position(5, &shape), [1, 0, 1]);
        assert_eq!(chunk_counts(&[10, 4], &[4, 4]), [3, 1]);
        assert_eq!(chunk_shape(&[200, 200], 256), [16, 16]);
        assert_eq!(chunk_shape(&[1, 3], 256), [1, 3]);
        assert_eq!(chunk_shape(&[5], 1), [1]);
    }
}
