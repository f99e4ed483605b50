//! Half precision to f32, one number at a time, for packing and lookups.

/// The number that 16 bits stand for; exact, subnormal and non-finite ones included.
pub fn half_to_f32(bits: u16) -> f32 {
    let sign = u32::from(bits & 0x8000) << 16;
    let rest = u32::from(bits & 0x7fff) << 13;
    let magnitude = if bits & 0x7c00 == 0x7c00 {
        f32::from_bits(rest | 0x7f80_0000)
    } else {
        f32::from_bits(rest) * f32::from_bits(0x7780_0000) // 2¹¹²
    };
    f32::from_bits(magnitude.to_bits() | sign)
}

/// The half nearest to `value`, ties to even; overflow gives an infinity.
pub fn f32_to_half(value: f32) -> u16 {
    let bits = value.to_bits();
    let sign = (bits >> 16) as u16 & 0x8000;
    let magnitude = bits & 0x7fff_ffff;
    if magnitude > 0x7f80_0000 {
        return sign | 0x7e00;
    }
    if magnitude >= 0x4780_0000 {
        return sign | 0x7c00;
    }
    if magnitude < 0x3880_0000 {
        // Below 2⁻¹⁴: adding 0.5 leaves units of 2⁻²⁴ in the low bits, rounded to even.
        let units = (f32::from_bits(magnitude) + 0.5).to_bits() - 0x3f00_0000;
        return sign | units as u16;
    }
    let rounded = magnitude + 0xfff + ((magnitude >> 13) & 1);
    sign | ((rounded - 0x3800_0000) >> 13) as u16
}
