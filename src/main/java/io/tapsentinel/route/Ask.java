package io.tapsentinel.route;

import io.tapsentinel.state.LedgerEntry;
import io.tapsentinel.tap.TimeRange;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * One window as it is due now.
 *
 * @param lateBefore a new event of an earlier time should have stood in an earlier read
 * @param commit     makes the read durable
 */
record Ask(TimeRange window, Instant lateBefore, Consumer<LedgerEntry> commit) {
}
