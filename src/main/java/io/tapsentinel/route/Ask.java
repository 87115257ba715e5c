package io.tapsentinel.route;

import io.tapsentinel.state.Also;
import io.tapsentinel.state.LedgerEntry;
import io.tapsentinel.tap.Coverage;
import io.tapsentinel.tap.EventRef;
import io.tapsentinel.tap.TimeRange;
import java.util.function.Consumer;

/**
 * One window as it is due now.
 *
 * @param window  what to ask for
 * @param covered which of it was read before
 * @param each    told of every event that was read and has its end in the store, before the commit; of none that was filtered
 * @param commit  makes the read durable
 */
record Ask(TimeRange window, Coverage covered, Consumer<EventRef> each, Commit commit) {

    Ask(TimeRange window, Coverage covered, Commit commit) {
        this(window, covered, event -> {}, commit);
    }

    /** Makes a read durable, together with what else it found. */
    @FunctionalInterface
    interface Commit {
        void accept(LedgerEntry entry, Also also);
    }
}
