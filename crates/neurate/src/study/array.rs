//! Numbers in answers: arrays of any size, lists in JSON and NumPy's arrays in Python.

use neurate_numerics::linalg::{CMatrix, Complex, Matrix};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::{Serialize, SerializeStruct, Serializer};
use std::borrow::Cow;

/// An array of two or more dimensions with more entries is null in JSON, so that a page of a large circuit can be read;
/// the answer itself holds it at any size.
pub const MAX_ENTRIES_IN_JSON: usize = 10_000;

/// As many time courses are in JSON whatever their length.
const FEW_COURSES: usize = 24;

/// The name under which [`Array`] serializes to formats for machines; fields `shape` and `data`, bytes of f64.
pub const ARRAY: &str = "neurate::Array";
/// The same for [`ComplexArray`]; `data` are bytes of pairs of f64.
pub const COMPLEX_ARRAY: &str = "neurate::ComplexArray";
/// The same for [`ComplexNumber`]; fields `re` and `im`.
pub const COMPLEX: &str = "neurate::Complex";

/// Real numbers in any number of dimensions, row by row. A number that is not finite is null in JSON.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Array {
    shape: Vec<usize>,
    data: Vec<f64>,
    whole_in_json: bool,
}

/// Complex numbers in any number of dimensions, row by row; in JSON their real and imaginary parts.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ComplexArray {
    shape: Vec<usize>,
    data: Vec<Complex>,
}

/// Complex numbers in a row; in JSON a list of `{"re": .., "im": ..}`.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ComplexList(pub Vec<Complex>);

/// One complex number; in JSON `{"re": .., "im": ..}`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ComplexNumber(pub Complex);

impl Array {
    /// From numbers row by row.
    ///
    /// # Panics
    /// The shape has another number of entries.
    pub fn new(shape: &[usize], data: Vec<f64>) -> Array {
        assert_eq!(shape.iter().product::<usize>(), data.len(), "an array is full");
        Array { shape: shape.to_vec(), data, whole_in_json: false }
    }
    /// From rows of equal length.
    pub fn rows(rows: impl IntoIterator<Item = Vec<f64>>) -> Array {
        let mut shape = vec![0, 0];
        let mut data = Vec::new();
        for row in rows {
            shape[0] += 1;
            shape[1] = row.len();
            data.extend(row);
        }
        Array::new(&shape, data)
    }
    /// So many time courses, one row a time.
    ///
    /// # Panics
    /// The shape has another number of entries.
    pub fn courses(times: usize, count: usize, data: Vec<f64>) -> Array {
        Array::new(&[times, count], data).of_courses(count)
    }
    /// The same array as so many time courses: few of them are whole in JSON however many times there are, since a user
    /// chooses the step.
    #[must_use]
    pub fn of_courses(self, count: usize) -> Array {
        Array { whole_in_json: count <= FEW_COURSES, ..self }
    }
    /// Sizes of the dimensions.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }
    /// All numbers, row by row.
    pub fn data(&self) -> &[f64] {
        &self.data
    }
    /// Row `i` of an array of two dimensions.
    pub fn row(&self, i: usize) -> &[f64] {
        let n = self.shape[1];
        &self.data[i * n..(i + 1) * n]
    }
}

impl ComplexArray {
    /// From numbers row by row.
    ///
    /// # Panics
    /// The shape has another number of entries.
    pub fn new(shape: &[usize], data: Vec<Complex>) -> ComplexArray {
        assert_eq!(shape.iter().product::<usize>(), data.len(), "an array is full");
        ComplexArray { shape: shape.to_vec(), data }
    }
    /// Sizes of the dimensions.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }
    /// All numbers, row by row.
    pub fn data(&self) -> &[Complex] {
        &self.data
    }
}

impl std::ops::Index<(usize, usize)> for Array {
    type Output = f64;
    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        &self.row(i)[j]
    }
}

impl From<Vec<f64>> for Array {
    fn from(data: Vec<f64>) -> Array {
        Array { shape: vec![data.len()], data, whole_in_json: false }
    }
}
impl From<&[f64]> for Array {
    fn from(data: &[f64]) -> Array {
        data.to_vec().into()
    }
}
impl From<&Matrix> for Array {
    fn from(m: &Matrix) -> Array {
        Array::new(&[m.rows(), m.cols()], m.data().to_vec())
    }
}
impl FromIterator<f64> for Array {
    fn from_iter<I: IntoIterator<Item = f64>>(numbers: I) -> Array {
        numbers.into_iter().collect::<Vec<_>>().into()
    }
}
impl From<Vec<Complex>> for ComplexArray {
    fn from(data: Vec<Complex>) -> ComplexArray {
        ComplexArray { shape: vec![data.len()], data }
    }
}
impl From<&CMatrix> for ComplexArray {
    fn from(m: &CMatrix) -> ComplexArray {
        ComplexArray { shape: vec![m.rows(), m.cols()], data: m.data().to_vec() }
    }
}
impl From<&[Complex]> for ComplexArray {
    fn from(data: &[Complex]) -> ComplexArray {
        data.to_vec().into()
    }
}
impl FromIterator<Complex> for ComplexArray {
    fn from_iter<I: IntoIterator<Item = Complex>>(numbers: I) -> ComplexArray {
        numbers.into_iter().collect::<Vec<_>>().into()
    }
}
impl std::ops::Deref for ComplexList {
    type Target = [Complex];
    fn deref(&self) -> &[Complex] {
        &self.0
    }
}
impl FromIterator<Complex> for ComplexList {
    fn from_iter<I: IntoIterator<Item = Complex>>(numbers: I) -> ComplexList {
        ComplexList(numbers.into_iter().collect())
    }
}
impl From<Complex> for ComplexNumber {
    fn from(z: Complex) -> ComplexNumber {
        ComplexNumber(z)
    }
}

/// Numbers as nested lists, or null if there are too many.
struct Nested<'a> {
    shape: &'a [usize],
    data: &'a [f64],
}

impl Serialize for Nested<'_> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self.shape {
            [] => s.serialize_none(),
            [_] => s.collect_seq(self.data),
            [n, inner @ ..] => {
                let size: usize = inner.iter().product();
                s.collect_seq(
                    (0..*n).map(|i| Nested { shape: inner, data: &self.data[i * size..(i + 1) * size] }),
                )
            }
        }
    }
}

/// Bytes of numbers.
struct Bytes<'a>(&'a [f64]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = self.0.iter().flat_map(|x| x.to_le_bytes()).collect();
        s.serialize_bytes(&bytes)
    }
}

impl Serialize for Array {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if !s.is_human_readable() {
            let mut fields = s.serialize_struct(ARRAY, 2)?;
            fields.serialize_field("shape", &self.shape)?;
            fields.serialize_field("data", &Bytes(&self.data))?;
            return fields.end();
        }
        if !self.whole_in_json && self.shape.len() > 1 && self.data.len() > MAX_ENTRIES_IN_JSON {
            return s.serialize_none();
        }
        Nested { shape: &self.shape, data: &self.data }.serialize(s)
    }
}

impl Serialize for ComplexArray {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let part = |of: fn(&Complex) -> f64| self.data.iter().map(of).collect::<Vec<f64>>();
        let (re, im) = (part(|z| z.re), part(|z| z.im));
        if !s.is_human_readable() {
            let pairs: Vec<f64> = self.data.iter().flat_map(|z| [z.re, z.im]).collect();
            let mut fields = s.serialize_struct(COMPLEX_ARRAY, 2)?;
            fields.serialize_field("shape", &self.shape)?;
            fields.serialize_field("data", &Bytes(&pairs))?;
            return fields.end();
        }
        if self.shape.len() > 1 && self.data.len() > MAX_ENTRIES_IN_JSON {
            return s.serialize_none();
        }
        let mut fields = s.serialize_struct(COMPLEX_ARRAY, 2)?;
        fields.serialize_field("re", &Nested { shape: &self.shape, data: &re })?;
        fields.serialize_field("im", &Nested { shape: &self.shape, data: &im })?;
        fields.end()
    }
}

impl Serialize for ComplexList {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() {
            return s.collect_seq(self.0.iter().map(|z| ComplexNumber(*z)));
        }
        ComplexArray::from(self.0.as_slice()).serialize(s)
    }
}

impl Serialize for ComplexNumber {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut fields = s.serialize_struct(COMPLEX, 2)?;
        fields.serialize_field("re", &self.0.re)?;
        fields.serialize_field("im", &self.0.im)?;
        fields.end()
    }
}

impl JsonSchema for Array {
    fn schema_name() -> Cow<'static, str> {
        "Array".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": format!("Numbers, nested by dimension; null where not finite, and in all if a table has more than {MAX_ENTRIES_IN_JSON} entries."),
            "type": ["array", "null"],
            "items": { "type": ["number", "array", "null"] }
        })
    }
}

impl JsonSchema for ComplexArray {
    fn schema_name() -> Cow<'static, str> {
        "ComplexArray".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let part = generator.subschema_for::<Array>();
        json_schema!({
            "description": format!("Complex numbers; null if a table has more than {MAX_ENTRIES_IN_JSON} entries."),
            "type": ["object", "null"],
            "properties": { "re": part, "im": part },
            "required": ["re", "im"]
        })
    }
}

impl JsonSchema for ComplexList {
    fn schema_name() -> Cow<'static, str> {
        "ComplexList".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let item = generator.subschema_for::<ComplexNumber>();
        json_schema!({ "description": "Complex numbers.", "type": "array", "items": item })
    }
}

impl JsonSchema for ComplexNumber {
    fn schema_name() -> Cow<'static, str> {
        "Complex".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A complex number.",
            "type": "object",
            "properties": { "re": { "type": ["number", "null"] }, "im": { "type": ["number", "null"] } },
            "required": ["re", "im"]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{json, to_value};

    #[test]
    fn arrays_are_nested_lists() {
        let cube = Array::new(&[2, 1, 2], vec![1.0, 2.0, 3.0, f64::NAN]);
        assert_eq!(to_value(&cube).unwrap(), json!([[[1.0, 2.0]], [[3.0, null]]]));
        let rows = Array::rows([vec![1.0, 2.0], vec![3.0, 4.0]]);
        assert_eq!((rows[(1, 0)], rows.row(0)), (3.0, &[1.0, 2.0][..]));
        assert_eq!(to_value(&rows).unwrap(), json!([[1.0, 2.0], [3.0, 4.0]]));
        let z = ComplexArray::from(vec![Complex::new(1.0, -2.0)]);
        assert_eq!(to_value(&z).unwrap(), json!({"re": [1.0], "im": [-2.0]}));
        assert_eq!(to_value(ComplexNumber(z.data()[0])).unwrap(), json!({"re": 1.0, "im": -2.0}));
        let large = vec![0.0; MAX_ENTRIES_IN_JSON + 1];
        assert!(to_value(Array::new(&[1, large.len()], large.clone())).unwrap().is_null());
        assert!(to_value(Array::from(large)).unwrap().is_array(), "vectors are always there");
    }
}
