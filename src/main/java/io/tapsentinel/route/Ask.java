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
 * @param each    gets every event that was read, except filtered ones; each is settled in the store once the commit has ended
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
