package io.tapsentinel.app;

import io.tapsentinel.monitoring.health.TapHealthCheck;
import io.tapsentinel.monitoring.metrics.ReadMetrics;
import io.tapsentinel.read.AnswerArchive;
import io.tapsentinel.read.FilteredRoute;
import io.tapsentinel.read.FirstPoll;
import io.tapsentinel.read.ReadListener;
import io.tapsentinel.read.ReadRoutes;
import io.tapsentinel.read.SourceLock;
import io.tapsentinel.read.SweepRun;
import io.tapsentinel.read.TapBudget;
import io.tapsentinel.read.TapRun;
import io.tapsentinel.read.UnreadAnswers;
import io.tapsentinel.read.Unrouted;
import io.tapsentinel.read.WindowAttempts;
import io.tapsentinel.rejected.RejectedRoute;
import io.tapsentinel.rejected.RejectedStore;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.tap.plan.SweepPlanner;
import io.tapsentinel.tap.plan.WindowPlanner;
import io.tapsentinel.yamlroutes.SwallowedOutcomes;
import java.util.function.Consumer;

/** Polls and sweeps: source lock, request budget, unknown types and rejected records. */
final class ReadingPart {

    final SourceLock source;
    final FirstPoll first;
    final TapBudget requests;
    final ReadListener listener;
    final RejectedStore rejected;
    final Unrouted unrouted;

    ReadingPart(RunContext run, StorePart store, TapPart tap, Consumer<LedgerEntry> committed) {
        source = new SourceLock(
                store.store, store.seen, tap.backoff, run.sentinel().suspensions(), run.stop());
        TapHealthCheck health =
                new TapHealthCheck(tap.condition, store.figures, tap.budget, tap.postponed, tap.schedule, run.clock());
        first = new FirstPoll(
                store.state,
                tap.budget,
                tap.condition,
                health::sentence,
                tap.schedule,
                source,
                run.stop(),
                run.clock());
        requests = new TapBudget(run.settings().tapUrl(), tap.budget, first::answered);
        ReadMetrics metrics = new ReadMetrics(run.registry(), run.clock(), run.steady());
        store.state.ledger().lastPoll().ifPresent(metrics::lastPoll);
        listener = metrics.and(ReadListener.of(committed)).and(tap.backoff).and(first);
        rejected = new RejectedStore(run.settings().rejected(), run.settings().spool(), run.main()::getCamelContext);
        unrouted = new Unrouted(rejected, store.seen, run.clock());
        run.main().bind("tap-health", health);
        run.main().bind("tap-start", first);
    }

    void addRoutes(RunContext run, StorePart store, TapPart tap, AnswerArchive archive) {
        Settings settings = run.settings();
        WindowAttempts attempts = run.parts()
                .attempts(run, store.seen, tap.condition, listener)
                .with(new UnreadAnswers(store.state.unreadable(), rejected));
        TapRun polls = new TapRun(
                new WindowPlanner(settings.planner()),
                store.state,
                store.seen,
                attempts,
                tap.condition,
                tap.postponed,
                run.sentinel().suspensions(),
                source,
                run.internal(),
                run.stop(),
                settings.planner().settle(),
                run.clock(),
                run.steady());
        SweepRun sweeps = new SweepRun(
                new SweepPlanner(settings.sweepAges()),
                store.state,
                store.completeness,
                attempts,
                tap.postponed,
                tap.condition,
                source,
                run.internal(),
                run.stop(),
                run.clock());
        run.addRoutes(new FilteredRoute(store.seen));
        run.addRoutes(new ReadRoutes(
                polls,
                sweeps,
                requests,
                settings.threatStatus(),
                unrouted,
                archive,
                SwallowedOutcomes::of,
                run.clock()));
        run.addRoutes(new RejectedRoute(settings.rejected().uri()));
    }
}
