//! Typed answers for Python: what serde sees of an answer becomes an object of the class of the same name in
//! `neurate.answers`, its numbers NumPy arrays. No text in between, and no size at which something is left out.

use crate::calls::watched;
use crate::error::{no_section, raise};
use neurate::Error;
use neurate::model::Circuit;
use neurate::progress::Progress;
use neurate::report::{AnyAnswer, question_named};
use neurate::spec::Spec;
use neurate::study::{ARRAY, COMPLEX, COMPLEX_ARRAY, Choices, Study};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyComplex, PyDict, PyList, PyString, PyTuple};
use serde::ser::{self, Serialize};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// The study that was asked last: who asks again with the same choices shares its answers.
#[derive(Default)]
pub struct LastStudy(Mutex<Option<(String, Arc<Study>, Listener)>>);

/// Who listens to the study now.
type Listener = Arc<Mutex<Progress>>;

impl LastStudy {
    /// The answer to the question of this name.
    pub fn ask(
        &self,
        py: Python<'_>,
        circuit: &Arc<Circuit>,
        description: &Spec,
        question: &str,
        choices: Choices,
    ) -> PyResult<Py<PyAny>> {
        let Some(question) = question_named(question) else {
            return Err(raise(no_section(question)));
        };
        let answer = self.with(py, circuit, description, choices, question.answer)?;
        to_python(py, &answer)
    }

    /// What `work` makes of the study with these choices.
    pub fn with<T: Send + 'static>(
        &self,
        py: Python<'_>,
        circuit: &Arc<Circuit>,
        description: &Spec,
        choices: Choices,
        work: impl FnOnce(&Study) -> neurate::Result<T> + Send + 'static,
    ) -> PyResult<T> {
        let (study, listener) = self.study(circuit, description, choices);
        watched(
            py,
            |_, _| Ok(()),
            move |progress| {
                *listener.lock().unwrap_or_else(PoisonError::into_inner) = progress;
                work(&study)
            },
        )
    }

    fn study(&self, circuit: &Arc<Circuit>, description: &Spec, choices: Choices) -> (Arc<Study>, Listener) {
        let key = format!("{choices:?}");
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, study, listener)) = &*last
            && *known == key
        {
            return (study.clone(), listener.clone());
        }
        let listener = Listener::default();
        let heard = listener.clone();
        const PARTS: f64 = 1e6;
        let progress = Progress::new(move |share| {
            let now = heard.lock().unwrap_or_else(PoisonError::into_inner).clone();
            now.at((PARTS * share) as usize, PARTS as usize).is_ok()
        });
        let study = Study::watched(circuit.clone(), choices, progress).described_by(description.clone());
        let study = Arc::new(study);
        *last = Some((key, study.clone(), listener.clone()));
        (study, listener)
    }
}

/// An answer as Python's object.
fn to_python(py: Python<'_>, answer: &AnyAnswer) -> PyResult<Py<PyAny>> {
    let bridge = Bridge { classes: py.import("neurate.answers")?, numpy: py.import("numpy")? };
    answer.serialize(&bridge).map(Bound::unbind).map_err(|e| e.0)
}

/// The way from serde's types to Python's.
struct Bridge<'py> {
    /// The module of the classes.
    classes: Bound<'py, PyModule>,
    numpy: Bound<'py, PyModule>,
}

/// Python's error, as serde wants one.
#[derive(Debug)]
struct Failure(PyErr);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl std::error::Error for Failure {}
impl ser::Error for Failure {
    fn custom<T: fmt::Display>(words: T) -> Failure {
        Failure(raise(Error::invalid(words.to_string())))
    }
}
impl From<PyErr> for Failure {
    fn from(e: PyErr) -> Failure {
        Failure(e)
    }
}

type Object<'py> = Bound<'py, PyAny>;

impl<'py> Bridge<'py> {
    fn py(&self) -> Python<'py> {
        self.classes.py()
    }
    /// An object of the class of this name, or the number or array that it stands for.
    fn make(&self, name: &str, fields: &Bound<'py, PyDict>) -> PyResult<Object<'py>> {
        let field = |key: &str| {
            fields.get_item(key)?.ok_or_else(|| PyRuntimeError::new_err(format!("{name} lacks {key}")))
        };
        let array = |kind: &str| {
            let flat = self.numpy.call_method1("frombuffer", (field("data")?, kind))?;
            flat.call_method1("reshape", (field("shape")?,))
        };
        match name {
            ARRAY => array("<f8"),
            COMPLEX_ARRAY => array("<c16"),
            COMPLEX => {
                let part = |key: &str| field(key)?.extract::<f64>();
                Ok(PyComplex::from_doubles(self.py(), part("re")?, part("im")?).into_any())
            }
            _ => self.classes.getattr(name)?.call_method1("_of", (fields,)),
        }
    }
}

macro_rules! simple {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, value: $type) -> Result<Object<'py>, Failure> {
            Ok(value.into_pyobject(self.py()).map_err(PyErr::from)?.to_owned().into_any())
        })*
    };
}

impl<'a, 'py> ser::Serializer for &'a Bridge<'py> {
    type Ok = Object<'py>;
    type Error = Failure;
    type SerializeSeq = Items<'a, 'py>;
    type SerializeTuple = Items<'a, 'py>;
    type SerializeTupleStruct = Items<'a, 'py>;
    type SerializeTupleVariant = ser::Impossible<Object<'py>, Failure>;
    type SerializeMap = Entries<'a, 'py>;
    type SerializeStruct = Fields<'a, 'py>;
    type SerializeStructVariant = ser::Impossible<Object<'py>, Failure>;

    /// Arrays come as their bytes.
    fn is_human_readable(&self) -> bool {
        false
    }

    simple!(serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_f32: f32,
        serialize_f64: f64, serialize_char: char);

    fn serialize_str(self, text: &str) -> Result<Object<'py>, Failure> {
        Ok(PyString::new(self.py(), text).into_any())
    }
    fn serialize_bytes(self, bytes: &[u8]) -> Result<Object<'py>, Failure> {
        Ok(PyBytes::new(self.py(), bytes).into_any())
    }
    fn serialize_none(self) -> Result<Object<'py>, Failure> {
        Ok(self.py().None().into_bound(self.py()))
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Object<'py>, Failure> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<Object<'py>, Failure> {
        self.serialize_none()
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<Object<'py>, Failure> {
        self.serialize_none()
    }
    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        word: &'static str,
    ) -> Result<Object<'py>, Failure> {
        self.serialize_str(word)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Object<'py>, Failure> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Object<'py>, Failure> {
        Err(ser::Error::custom(format!("{name} has no class in Python")))
    }
    fn serialize_seq(self, length: Option<usize>) -> Result<Items<'a, 'py>, Failure> {
        Ok(Items { bridge: self, items: Vec::with_capacity(length.unwrap_or(0)), tuple: false })
    }
    fn serialize_tuple(self, length: usize) -> Result<Items<'a, 'py>, Failure> {
        Ok(Items { bridge: self, items: Vec::with_capacity(length), tuple: true })
    }
    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Items<'a, 'py>, Failure> {
        self.serialize_tuple(length)
    }
    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Failure> {
        Err(ser::Error::custom(format!("{name} has no class in Python")))
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Entries<'a, 'py>, Failure> {
        Ok(Entries { bridge: self, dict: PyDict::new(self.py()), key: None })
    }
    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Fields<'a, 'py>, Failure> {
        Ok(Fields { bridge: self, name, dict: PyDict::new(self.py()) })
    }
    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Failure> {
        Err(ser::Error::custom(format!("{name} has no class in Python")))
    }
}

/// A list, or a tuple.
struct Items<'a, 'py> {
    bridge: &'a Bridge<'py>,
    items: Vec<Object<'py>>,
    tuple: bool,
}

impl<'py> Items<'_, 'py> {
    fn add<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        self.items.push(value.serialize(self.bridge)?);
        Ok(())
    }
    fn finish(self) -> Result<Object<'py>, Failure> {
        let py = self.bridge.py();
        Ok(if self.tuple {
            PyTuple::new(py, self.items)?.into_any()
        } else {
            PyList::new(py, self.items)?.into_any()
        })
    }
}

macro_rules! items {
    ($($trait:ident: $method:ident),*) => {
        $(impl<'py> ser::$trait for Items<'_, 'py> {
            type Ok = Object<'py>;
            type Error = Failure;
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
                self.add(value)
            }
            fn end(self) -> Result<Object<'py>, Failure> {
                self.finish()
            }
        })*
    };
}
items!(SerializeSeq: serialize_element, SerializeTuple: serialize_element, SerializeTupleStruct: serialize_field);

/// A dictionary.
struct Entries<'a, 'py> {
    bridge: &'a Bridge<'py>,
    dict: Bound<'py, PyDict>,
    key: Option<Object<'py>>,
}

impl<'py> ser::SerializeMap for Entries<'_, 'py> {
    type Ok = Object<'py>;
    type Error = Failure;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Failure> {
        self.key = Some(key.serialize(self.bridge)?);
        Ok(())
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        let Some(key) = self.key.take() else { return Err(ser::Error::custom("a value without its key")) };
        Ok(self.dict.set_item(key, value.serialize(self.bridge)?)?)
    }
    fn end(self) -> Result<Object<'py>, Failure> {
        Ok(self.dict.into_any())
    }
}

/// The fields of a class.
struct Fields<'a, 'py> {
    bridge: &'a Bridge<'py>,
    name: &'static str,
    dict: Bound<'py, PyDict>,
}

impl<'py> ser::SerializeStruct for Fields<'_, 'py> {
    type Ok = Object<'py>;
    type Error = Failure;
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Failure> {
        Ok(self.dict.set_item(key, value.serialize(self.bridge)?)?)
    }
    fn end(self) -> Result<Object<'py>, Failure> {
        Ok(self.bridge.make(self.name, &self.dict)?)
    }
}
