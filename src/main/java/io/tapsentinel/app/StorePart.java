package io.tapsentinel.app;

import io.tapsentinel.monitoring.Figures;
import io.tapsentinel.sentinel.batch.SuspensionLog;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.Completeness;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.store.ledger.SuspensionTable;

/** The store of a run and everything kept in it. */
final class StorePart {

    final Store store;
    final SeenKeys seen;
    final ReadState state;
    final Completeness completeness;
    final SuspensionLog suspensions;
    final Figures figures;

    StorePart(RunContext run, Store store) {
        this.store = store;
        seen = run.parts().seenKeys(run, store);
        state = new ReadState(store, run.clock());
        completeness = new Completeness(store);
        suspensions = new SuspensionTable(store);
        figures = new Figures(store, state, suspensions, run.clock());
    }
}
