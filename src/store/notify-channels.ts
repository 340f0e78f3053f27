/** Names of the NOTIFY channels between processes. */

/** The payload is the id that a waiter subscribes to. */
export const APPROVAL_CHANNEL = 'vsecure_approval';
/** Without a payload: a delivery is due. */
export const DELIVERY_CHANNEL = 'vsecure_delivery';
