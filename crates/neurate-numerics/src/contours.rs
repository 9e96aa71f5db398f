//! Contours of a function on a grid.

use crate::linalg::Matrix;
use std::collections::HashMap;

/// An edge of the grid: row, column of its first point, and whether it is upright.
type Edge = (usize, usize, bool);

/// The curves on which `values` (rows by y, columns by x) is `level`: marching squares, linear along
/// edges, pieces joined. A closed curve ends where it began; others end at the grid's border. A cell
/// whose corners alternate is decided by its mean.
pub fn contours(x: &[f64], y: &[f64], values: &Matrix, level: f64) -> Vec<Vec<(f64, f64)>> {
    let above = |i: usize, j: usize| values[(i, j)] > level;
    // Each edge that the curve crosses belongs to one or two pieces.
    let mut neighbors: HashMap<Edge, Vec<Edge>> = HashMap::new();
    let mut order: Vec<Edge> = Vec::new();
    for i in 0..y.len().saturating_sub(1) {
        for j in 0..x.len().saturating_sub(1) {
            let (bottom, right, top, left) =
                ((i, j, false), (i, j + 1, true), (i + 1, j, false), (i, j, true));
            let corners = [above(i, j), above(i, j + 1), above(i + 1, j + 1), above(i + 1, j)];
            // Edges in the order of the corners that begin them.
            let crossed: Vec<Edge> = [bottom, right, top, left]
                .into_iter()
                .enumerate()
                .filter(|(k, _)| corners[*k] != corners[(k + 1) % 4])
                .map(|(_, e)| e)
                .collect();
            let pairs: Vec<(Edge, Edge)> = match crossed.len() {
                2 => vec![(crossed[0], crossed[1])],
                4 => {
                    let mean = 0.25
                        * (values[(i, j)] + values[(i, j + 1)] + values[(i + 1, j)] + values[(i + 1, j + 1)]);
                    // The middle joins the corners of its own kind; the others are cut off.
                    if (mean > level) == corners[0] {
                        vec![(bottom, right), (top, left)]
                    } else {
                        vec![(left, bottom), (right, top)]
                    }
                }
                _ => vec![],
            };
            for (a, b) in pairs {
                for (from, to) in [(a, b), (b, a)] {
                    neighbors
                        .entry(from)
                        .or_insert_with(|| {
                            order.push(from);
                            Vec::new()
                        })
                        .push(to);
                }
            }
        }
    }
    let point = |(i, j, upright): Edge| {
        let (k, l) = if upright { (i + 1, j) } else { (i, j + 1) };
        let (a, b) = (values[(i, j)], values[(k, l)]);
        let share = (level - a) / (b - a);
        (x[j] + share * (x[l] - x[j]), y[i] + share * (y[k] - y[i]))
    };
    // Open curves first, from their ends; what is left is closed.
    let mut starts: Vec<Edge> = order.iter().copied().filter(|e| neighbors[e].len() == 1).collect();
    starts.extend(&order);
    let mut curves = Vec::new();
    for start in starts {
        let mut curve = vec![point(start)];
        let mut here = start;
        while let Some(next) = neighbors.get_mut(&here).and_then(Vec::pop) {
            if let Some(back) = neighbors.get_mut(&next)
                && let Some(at) = back.iter().position(|e| *e == here)
            {
                back.swap_remove(at);
            }
            curve.push(point(next));
            here = next;
        }
        if curve.len() > 1 {
            curves.push(curve);
        }
    }
    curves
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_close_and_lines_end_at_the_border() {
        let x: Vec<f64> = (0..41).map(|k| -2.0 + 0.1 * f64::from(k)).collect();
        let square = |f: &dyn Fn(f64, f64) -> f64| Matrix::from_fn(41, 41, |i, j| f(x[j], x[i]));
        let circle = contours(&x, &x, &square(&|x, y| x.hypot(y)), 1.03);
        assert_eq!(circle.len(), 1);
        assert_eq!(circle[0].first(), circle[0].last());
        assert!(circle[0].iter().all(|(x, y)| (x.hypot(*y) - 1.03).abs() < 2e-3));
        let line = contours(&x, &x, &square(&|x, _| x), 0.33);
        assert_eq!((line.len(), line[0].len()), (1, 41));
        assert!(line[0].iter().all(|p| (p.0 - 0.33).abs() < 1e-14));
        // Two circles, a saddle between them.
        let two = |x: f64, y: f64| (x - 1.0).hypot(y).min((x + 1.0).hypot(y));
        assert_eq!(contours(&x, &x, &square(&two), 0.5).len(), 2);
        // A saddle in the middle of a cell: two curves, however it is decided.
        let saddle = |x: f64, y: f64| (x - 0.05) * (y - 0.05);
        assert_eq!(contours(&x, &x, &square(&saddle), 1e-4).len(), 2);
        assert!(contours(&x, &x, &square(&two), -1.0).is_empty());
    }
}
