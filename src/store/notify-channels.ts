/** What processes call each other by, through NOTIFY. */

/** The payload is the id of whatever somebody may wait for. */
export const APPROVAL_CHANNEL = 'vsecure_approval';
/** Says only that something is due. */
export const DELIVERY_CHANNEL = 'vsecure_delivery';
