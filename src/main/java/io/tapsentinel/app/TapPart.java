package io.tapsentinel.app;

import io.tapsentinel.read.KeptBackoff;
import io.tapsentinel.read.PostponedReads;
import io.tapsentinel.read.SourceState;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.ledger.BackoffTable;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.tap.api.TapBackoff;
import io.tapsentinel.tap.api.TapClock;
import io.tapsentinel.tap.api.TapCredentials;
import io.tapsentinel.tap.plan.PollSchedule;
import io.tapsentinel.tap.plan.WindowSize;

/** Access to TAP: credentials, back-off, request budget and schedule. */
final class TapPart {

    final TapCredentials credentials;
    final SourceState condition;
    final KeptBackoff backoff;
    final RequestBudget budget;
    final PostponedReads postponed;
    final PollSchedule schedule;

    TapPart(RunContext run, Store store) {
        Settings settings = run.settings();
        credentials = new TapCredentials(settings.tapUrl(), settings.principal(), settings.secret());
        condition = new SourceState(
                new TapBackoff(
                        settings.refusals().throttled(), settings.refusals().credentials()),
                new TapClock(run.clock(), run.steady()),
                new WindowSize(),
                run.clock());
        backoff = new KeptBackoff(condition.backoff(), new BackoffTable(store), credentials, run.clock());
        budget = run.parts().budget(run, store, condition.clock());
        postponed = new PostponedReads(budget, run.clock());
        schedule = new PollSchedule(run.properties());
    }
}
