package io.tapsentinel.read;

import io.tapsentinel.event.EventRef;
import io.tapsentinel.event.EventType;
import io.tapsentinel.store.ledger.InTransaction;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.tap.plan.Coverage;
import io.tapsentinel.tap.plan.TimeRange;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One window as it is due now.
 *
 * @param window  what to ask for
 * @param covered which of it was read before
 * @param each    gets every event that was read, except filtered ones; each is settled in the store once the commit has ended
 * @param commit  makes the read durable
 * @param only    what to read of it; null for all four types
 */
public record WindowRequest(TimeRange window, Coverage covered, Consumer<EventRef> each, Commit commit, Only only) {

    public WindowRequest(TimeRange window, Coverage covered, Consumer<EventRef> each, Commit commit) {
        this(window, covered, each, commit, null);
    }

    public WindowRequest(TimeRange window, Coverage covered, Commit commit) {
        this(window, covered, event -> {}, commit);
    }

    /** The endpoint to ask, below {@code tap.url}. */
    String path() {
        return isOfOneEndpoint() ? TapBudget.SIEM + only.type().path() : TapBudget.PATH;
    }

    /** Whether the endpoint of one type is asked: what it refuses says nothing of the one of all types. */
    boolean isOfOneEndpoint() {
        return only != null && only.own();
    }

    /**
     * A part of one type's events, asked for with all three threat statuses; what is not wanted counts as not read.
     *
     * @param wanted which of some events of this type to read
     * @param own    whether to ask the type's own endpoint, not that of all types
     */
    record Only(EventType type, Function<List<EventRef>, Set<EventRef>> wanted, boolean own) {}

    /** Makes a read durable, together with what else it found. */
    @FunctionalInterface
    public interface Commit {
        void accept(LedgerEntry entry, InTransaction also);
    }
}
