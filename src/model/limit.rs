//! How large an upload the frontend lets through.

use std::fmt;

/// The largest request body that the frontend lets through.
///
/// # Units
/// Bytes; 0 is unlimited. Written as nginx writes sizes: digits, then `k`, `m` or `g` of 1024, 1024² or 1024³ bytes
/// or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadLimit {
    digits: u64,
    unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Byte,
    Kilo,
    Mega,
    Giga,
}

impl UploadLimit {
    /// Reads a size as a person types it: `1g`, `512M`, `0`, `unlimited`.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what would do.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim().to_ascii_lowercase();
        if text == "unlimited" || text == "none" {
            return Ok(Self { digits: 0, unit: Unit::Byte });
        }
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        let unit = match &text[digits.len()..] {
            "" => Unit::Byte,
            "k" | "kb" | "kib" => Unit::Kilo,
            "m" | "mb" | "mib" => Unit::Mega,
            "g" | "gb" | "gib" => Unit::Giga,
            _ => return Err("a size is needed, such as 1g or 512m; 0 is unlimited".into()),
        };
        let Ok(digits) = digits.parse::<u64>() else {
            return Err("a size is needed, such as 1g or 512m; 0 is unlimited".into());
        };
        let limit = Self { digits, unit };
        // nginx keeps the size in a signed 64-bit offset and refuses what does not fit.
        match digits.checked_mul(unit.factor()) {
            Some(bytes) if i64::try_from(bytes).is_ok() => Ok(limit),
            _ => Err("the size is larger than a server can count; 0 is unlimited".into()),
        }
    }

    /// The limit, `None` where there is none.
    ///
    /// # Units
    /// Bytes.
    pub fn bytes(self) -> Option<u64> {
        (self.digits != 0).then(|| self.digits.saturating_mul(self.unit.factor()))
    }
}

impl Unit {
    fn factor(self) -> u64 {
        match self {
            Self::Byte => 1,
            Self::Kilo => 1 << 10,
            Self::Mega => 1 << 20,
            Self::Giga => 1 << 30,
        }
    }
}

impl fmt::Display for UploadLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            _ if self.digits == 0 => "",
            Unit::Byte => "",
            Unit::Kilo => "k",
            Unit::Mega => "m",
            Unit::Giga => "g",
        };
        write!(f, "{}{unit}", self.digits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_sizes_as_nginx_does() {
        for (text, written, bytes) in [
            ("1g", "1g", Some(1 << 30)),
            ("512M", "512m", Some(512 << 20)),
            ("0", "0", None),
            ("0m", "0", None),
            ("unlimited", "0", None),
            ("100", "100", Some(100)),
        ] {
            let limit = UploadLimit::parse(text).expect("a size");
            assert_eq!((limit.to_string().as_str(), limit.bytes()), (written, bytes));
        }
    }

    #[test]
    fn refuses_what_is_no_size() {
        for text in ["", "g", "1t", "-1", "1.5g", "1 g", "99999999999g", "99999999999999999999"] {
            assert!(UploadLimit::parse(text).is_err(), "{text:?} was let in");
        }
    }
}
