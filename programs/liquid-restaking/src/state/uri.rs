//! A URI in a fixed number of bytes, the unused end zero.

use crate::{constants::URI_LEN, error::RestakingError};
use anchor_lang::prelude::*;

/// The bytes of `text`, as an account stores them.
///
/// # Errors
/// `UriMalformed` when it is too long, or holds the zero byte that ends it.
pub fn uri_bytes(text: &str) -> Result<[u8; URI_LEN]> {
    let mut bytes = [0; URI_LEN];
    let start = bytes.get_mut(..text.len());
    let start = start.ok_or_else(|| error!(RestakingError::UriMalformed))?;
    require!(!text.as_bytes().contains(&0), RestakingError::UriMalformed);
    start.copy_from_slice(text.as_bytes());
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_fits_or_is_refused() {
        assert_eq!(&uri_bytes("ab").unwrap()[..3], b"ab\0");
        assert!(uri_bytes(&"x".repeat(URI_LEN)).is_ok());
        assert!(uri_bytes(&"x".repeat(URI_LEN + 1)).is_err());
        assert!(uri_bytes("a\0b").is_err());
    }
}
