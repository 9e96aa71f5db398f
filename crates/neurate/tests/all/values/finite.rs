//! Numbers in answers that are not finite, where the documentation does not say so. JSON shows them as null, like what is absent,
//! so they are looked for on the way there.

use serde::de::value::Error;
use serde::ser::{self, Serialize};
use serde_json::Value;
use std::sync::OnceLock;

/// The paths of numbers in a value that are not finite, with the number, `modes.tau is inf`; but for fields whose documentation
/// tells when they are null or infinite.
pub fn not_finite(value: &(impl Serialize + ?Sized)) -> Vec<String> {
    let mut finder = Finder::default();
    let _ = value.serialize(&mut finder);
    finder.found
}

/// Whether the documentation of a field says that it may be null: the schema that users have.
fn says_so(structure: &str, field: &str) -> Option<bool> {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    let schema = SCHEMA.get_or_init(neurate::report::schema);
    let said = schema["$defs"][structure]["properties"][field]["description"].as_str()?.to_lowercase();
    Some(["null", "infinite"].iter().any(|word| said.contains(word)))
}

#[derive(Default)]
struct Finder {
    /// Names of the structs that the value is in.
    structs: Vec<&'static str>,
    /// The way to it: struct and field.
    path: Vec<(&'static str, &'static str)>,
    found: Vec<String>,
}

impl Finder {
    fn within(&mut self, key: &'static str, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        let structure = self.structs.last().copied().unwrap_or("");
        self.path.push((structure, key));
        value.serialize(&mut *self)?;
        self.path.pop();
        Ok(())
    }
    fn end_struct(&mut self) {
        self.structs.pop();
    }
}

/// What holds no number.
macro_rules! nothing {
    ($($name:ident: $t:ty),*) => { $(fn $name(self, _: $t) -> Result<(), Error> { Ok(()) })* };
}

impl<'a> ser::Serializer for &'a mut Finder {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    nothing!(
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_char: char,
        serialize_str: &str, serialize_bytes: &[u8], serialize_unit_struct: &'static str
    );
    fn serialize_f32(self, x: f32) -> Result<(), Error> {
        self.serialize_f64(f64::from(x))
    }
    fn serialize_f64(self, x: f64) -> Result<(), Error> {
        // The innermost field that is documented: the parts of a complex number are not.
        let said = || self.path.iter().rev().find_map(|(structure, field)| says_so(structure, field));
        if !x.is_finite() && said() != Some(true) {
            let path: Vec<&str> = self.path.iter().map(|(_, field)| *field).collect();
            let found = format!("{} is {x}", path.join("."));
            if self.found.last() != Some(&found) {
                self.found.push(found);
            }
        }
        Ok(())
    }
    fn serialize_none(self) -> Result<(), Error> {
        Ok(())
    }
    fn serialize_unit(self) -> Result<(), Error> {
        Ok(())
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), Error> {
        Ok(())
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<&'a mut Finder, Error> {
        Ok(self)
    }
    fn serialize_tuple(self, _: usize) -> Result<&'a mut Finder, Error> {
        Ok(self)
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<&'a mut Finder, Error> {
        Ok(self)
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<&'a mut Finder, Error> {
        Ok(self)
    }
    fn serialize_map(self, _: Option<usize>) -> Result<&'a mut Finder, Error> {
        Ok(self)
    }
    fn serialize_struct(self, name: &'static str, _: usize) -> Result<&'a mut Finder, Error> {
        self.structs.push(name);
        Ok(self)
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<&'a mut Finder, Error> {
        self.structs.push(variant);
        Ok(self)
    }
}

/// Lists: every element at the path of the list.
macro_rules! list {
    ($($of:ident: $add:ident),*) => { $(
        impl ser::$of for &mut Finder {
            type Ok = ();
            type Error = Error;
            fn $add<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                value.serialize(&mut **self)
            }
            fn end(self) -> Result<(), Error> {
                Ok(())
            }
        }
    )* };
}
list!(
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field
);

impl ser::SerializeMap for &mut Finder {
    type Ok = ();
    type Error = Error;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, _: &T) -> Result<(), Error> {
        Ok(())
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.within("*", value)
    }
    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

/// Fields: each at a path of its own.
macro_rules! fields {
    ($($of:ident),*) => { $(
        impl ser::$of for &mut Finder {
            type Ok = ();
            type Error = Error;
            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Error> {
                self.within(key, value)
            }
            fn end(self) -> Result<(), Error> {
                self.end_struct();
                Ok(())
            }
        }
    )* };
}
fields!(SerializeStruct, SerializeStructVariant);
