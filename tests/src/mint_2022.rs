//! Token-2022 mints by their bytes: what collateral and reward tokens must not be.

/// Every extension but the harmless ones: `ExtensionType`, length, and the error that refuses it.
pub const REFUSED_EXTENSIONS: [(u16, u16, &str); 22] = [
    (1, 108, "CollateralHasTransferFee"),
    (2, 8, "CollateralExtensionNotAllowed"),
    (3, 32, "CollateralCanBeClosed"),
    (4, 65, "CollateralIsConfidential"),
    (5, 295, "CollateralExtensionNotAllowed"),
    (6, 1, "CollateralHasDefaultAccountState"),
    (7, 0, "CollateralExtensionNotAllowed"),
    (8, 1, "CollateralExtensionNotAllowed"),
    (9, 0, "CollateralIsNonTransferable"),
    (10, 52, "CollateralExtensionNotAllowed"),
    (11, 1, "CollateralExtensionNotAllowed"),
    (12, 32, "CollateralHasPermanentDelegate"),
    (13, 0, "CollateralExtensionNotAllowed"),
    (14, 64, "CollateralHasTransferHook"),
    (15, 1, "CollateralExtensionNotAllowed"),
    (16, 129, "CollateralIsConfidential"),
    (17, 64, "CollateralExtensionNotAllowed"),
    (24, 196, "CollateralIsConfidential"),
    (25, 56, "CollateralExtensionNotAllowed"),
    (26, 33, "CollateralIsPausable"),
    (27, 0, "CollateralExtensionNotAllowed"),
    (u16::MAX, 1, "CollateralExtensionNotAllowed"),
];

/// Bytes of a mint with extensions `(type, length)`.
pub fn mint_2022(decimals: u8, extensions: &[(u16, u16)]) -> Vec<u8> {
    let mut data = vec![0; 44];
    data.extend_from_slice(&[decimals, 1]);
    data.resize(165, 0);
    data.push(1);
    for (kind, length) in extensions {
        data.extend_from_slice(&kind.to_le_bytes());
        data.extend_from_slice(&length.to_le_bytes());
        data.resize(data.len() + usize::from(*length), 0);
    }
    data
}
