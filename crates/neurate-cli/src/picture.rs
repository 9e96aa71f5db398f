//! An SVG as PNG, with fonts of our own: the same picture on every machine.
//!
//! The fonts (`fonts/`, open licenses) have Latin, Greek, mathematics, sub- and superscripts. Other scripts
//! are sought on the machine.

use neurate::{Error, Result};
use resvg::{tiny_skia, usvg};

static FONTS: [&[u8]; 4] = [
    include_bytes!("fonts/Arimo-Regular.ttf"),
    include_bytes!("fonts/Arimo-Bold.ttf"),
    include_bytes!("fonts/DejaVuSans.ttf"),
    include_bytes!("fonts/DejaVuSans-Bold.ttf"),
];

/// The largest picture, in pixels.
const MOST: f64 = 2e8;

/// The picture as the bytes of a PNG of this many dots per inch.
pub fn png(svg: &str, dpi: u16) -> Result<Vec<u8>> {
    let fail = |what: &str, e: &dyn std::fmt::Display| Error::io(format!("a picture cannot be {what}: {e}"));
    let mut options =
        usvg::Options { dpi: f32::from(dpi), font_family: "Arimo".into(), ..Default::default() };
    let fonts = options.fontdb_mut();
    FONTS.iter().for_each(|f| fonts.load_font_data(f.to_vec()));
    fonts.set_sans_serif_family("Arimo");
    // The scripts that our fonts lack begin here.
    if svg.chars().any(|c| ('\u{400}'..'\u{2000}').contains(&c) || c >= '\u{2c00}') {
        fonts.load_system_fonts();
    }
    let tree = usvg::Tree::from_str(svg, &options).map_err(|e| fail("read", &e))?;
    let size = tree.size().to_int_size();
    if f64::from(size.width()) * f64::from(size.height()) > MOST {
        return Err(Error::invalid(format!(
            "a picture of {} x {} pixels is too large",
            size.width(),
            size.height()
        ))
        .with_help("choose fewer dots per inch: --dpi 300"));
    }
    let mut pixels = tiny_skia::Pixmap::new(size.width(), size.height())
        .ok_or_else(|| fail("drawn", &"it has no size"))?;
    pixels.fill(tiny_skia::Color::WHITE);
    resvg::render(&tree, tiny_skia::Transform::identity(), &mut pixels.as_mut());
    // On white nothing is transparent: three channels are all.
    let rgb: Vec<u8> = pixels.data().chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, size.width(), size.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let per_meter = (f64::from(dpi) / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: per_meter,
        yppu: per_meter,
        unit: png::Unit::Meter,
    }));
    let written = encoder.write_header().and_then(|mut w| w.write_image_data(&rgb));
    written.map_err(|e| fail("written", &e))?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(words: &str) -> Vec<u8> {
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"20mm\" height=\"10mm\" viewBox=\"0 0 40 20\" \
             font-family=\"Arial, sans-serif\"><text x=\"2\" y=\"15\" font-size=\"14\">{words}</text></svg>"
        );
        png(&svg, 96).expect("a picture")
    }

    #[test]
    fn every_sign_that_figures_use_is_in_the_fonts() {
        let (nothing, unknown) = (drawn(" "), drawn("\u{e123}"));
        for sign in "aZ09éßłαβγτλσμΩΔ−±×·⁻⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂≤≥≈≠∞‖√∂∑→←↔°%…⟨⟩∈".chars()
        {
            let picture = drawn(&sign.to_string());
            assert!(picture != nothing && picture != unknown, "{sign} is not drawn");
        }
    }

    #[test]
    fn a_picture_too_large_is_refused() {
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"900mm\" height=\"900mm\"/>";
        assert!(png(svg, 2400).is_err());
    }
}
