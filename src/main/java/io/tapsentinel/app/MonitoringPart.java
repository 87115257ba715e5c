package io.tapsentinel.app;

import io.tapsentinel.monitoring.health.CompletenessHealthCheck;
import io.tapsentinel.monitoring.health.HealthChecks;
import io.tapsentinel.monitoring.health.StorageHealthCheck;
import io.tapsentinel.monitoring.metrics.Metrics;
import io.tapsentinel.monitoring.table.HealthTable;
import io.tapsentinel.monitoring.table.HealthTableService;
import io.tapsentinel.rejected.FileEndpoint;
import io.tapsentinel.report.page.PageRoute;
import io.tapsentinel.report.page.PageSources;
import io.tapsentinel.store.ledger.DeliveredCounts;

/** Metrics, health checks, the health table and the status page. */
final class MonitoringPart {

    private MonitoringPart() {}

    static void add(RunContext run, StorePart store, TapPart tap, ReadingPart reading) {
        Settings settings = run.settings();
        Metrics.ofReading(run.registry(), store.figures, tap.budget, run.steady());
        Metrics.ofProgram(run.registry(), Program.VERSION);
        run.main().bind(Metrics.REGISTRY, run.registry());
        run.main().bind("process-health", HealthChecks.ofProcess(run.internal()::isStuck));
        run.main().bind("tap-completeness", new CompletenessHealthCheck(store.figures));
        run.main()
                .bind(
                        "tap-storage",
                        new StorageHealthCheck(
                                store.store,
                                store.figures,
                                store.seen,
                                reading.unrouted,
                                reading.rejected,
                                settings.rejected(),
                                settings.replay(),
                                settings.spool(),
                                run.clock()));
        if (settings.healthTable()) {
            addHealthTable(run, store, tap);
        }
        if (ServersPart.isPageServed(run.properties())) {
            addPage(run, store, tap, reading);
        }
    }

    private static void addHealthTable(RunContext run, StorePart store, TapPart tap) {
        HealthTable table = new HealthTable(
                run.settings().source(),
                Program.VERSION,
                run.sentinel(),
                store.figures,
                new DeliveredCounts(store.store),
                tap.budget,
                tap.condition.backoff().lastError());
        run.addRoutes(run.parts().healthTable(HealthTableService.of(table, store.store.locks()::mayReport), table));
    }

    private static void addPage(RunContext run, StorePart store, TapPart tap, ReadingPart reading) {
        Settings settings = run.settings();
        PageSources sources = new PageSources(
                settings.state(),
                settings.source(),
                Program.VERSION,
                run.clock().instant(),
                settings.sourceIdentity().equals("sandbox"),
                run.properties(),
                reading.first,
                FileEndpoint.folder(settings.rejected().uri()).orElse(null),
                settings.sweepAges().stream().findFirst().orElse(null),
                store.state,
                tap.budget,
                run.sentinel(),
                run.clock());
        run.addRoutes(new PageRoute(sources, run.properties().get("camel.server.host")));
    }
}
