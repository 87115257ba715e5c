package io.tapsentinel.read;

import io.tapsentinel.event.EventRef;
import io.tapsentinel.event.EventType;
import io.tapsentinel.store.ledger.Deferrals;
import io.tapsentinel.store.ledger.InTransaction;
import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.tap.plan.TimeRange;
import java.util.List;
import java.util.Set;

/** Reads one table's deferred events again: events of its type that are still deferred, with any threat status. */
non-sealed class CatchUpRead implements DueRead {

    private final TimeRange window;
    private final EventType type;
    private final boolean own;
    private final ReadState state;
    private final Deferrals deferrals;
    private boolean again;

    /** @param own whether to ask the type's own endpoint rather than {@code /all} */
    CatchUpRead(TimeRange window, EventType type, boolean own, ReadState state, Deferrals deferrals) {
        this.window = window;
        this.type = type;
        this.own = own;
        this.state = state;
        this.deferrals = deferrals;
    }

    @Override
    public TimeRange window() {
        return window;
    }

    @Override
    public Purpose purpose() {
        return Purpose.CATCH_UP;
    }

    @Override
    public CatchUpRead ofOneTable() {
        return this;
    }

    EventType type() {
        return type;
    }

    @Override
    public boolean isOfOneEndpoint() {
        return own;
    }

    /** The deferred ones among these events of the type. */
    Set<EventRef> wanted(List<EventRef> events) {
        return deferrals.among(type, events);
    }

    @Override
    public void commit(LedgerEntry entry, InTransaction also) {
        state.commitWithoutProgress(entry, connection -> {
            also.in(connection);
            again = entry.total(LedgerCount.DEFERRED) == 0 && deferrals.caughtUp(connection, type, window, own);
        });
    }

    /** Whether the committed read left deferred events that must be requested from {@code /all}. */
    boolean isAskedAgain() {
        return again;
    }
}
