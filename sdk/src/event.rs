//! Reading events, off chain.

use crate::read::ReadError;
use anchor_lang::{event::EVENT_IX_TAG_LE, AnchorDeserialize, Discriminator};

/// An event, out of the data of an inner instruction; `None` when it is another event, or none. The program tells each
/// change of state by a call to itself: index the inner instructions of transactions, not their logs, which nodes
/// truncate. Only take instructions to this program: of those with an event's data, none succeeds but its own.
///
/// # Errors
/// `WrongType` when the data begins like this event and goes on otherwise: the program is of another version.
pub fn decode_event<E: AnchorDeserialize + Discriminator>(
    data: &[u8],
) -> Result<Option<E>, ReadError> {
    let body = data
        .strip_prefix(EVENT_IX_TAG_LE)
        .and_then(|event| event.strip_prefix(E::DISCRIMINATOR));
    body.map(|body| E::try_from_slice(body).map_err(|_| ReadError::WrongType))
        .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use anchor_lang::{prelude::Pubkey, Event};
    use liquid_restaking::events::{LrtClosed, StakePoolClosed};

    #[test]
    fn an_event_is_decoded_and_nothing_else() {
        let (lrt, mint) = (Pubkey::new_unique(), Pubkey::new_unique());
        let mut data = EVENT_IX_TAG_LE.to_vec();
        data.extend_from_slice(&LrtClosed { lrt, mint }.data());
        let event: LrtClosed = decode_event(&data).unwrap().unwrap();
        assert_eq!((event.lrt, event.mint), (lrt, mint));
        assert!(decode_event::<StakePoolClosed>(&data).unwrap().is_none());
        assert!(decode_event::<LrtClosed>(&data[8..]).unwrap().is_none());
        data.pop();
        assert!(matches!(
            decode_event::<LrtClosed>(&data),
            Err(ReadError::WrongType)
        ));
    }
}
