/**
 * Stores records and answers that cannot be in a table.
 * May use sentinel, store and what is below them.
 * Read {@link io.tapsentinel.rejected.RejectedStore} first.
 */
package io.tapsentinel.rejected;
