package io.tapsentinel.monitoring.health;

import io.tapsentinel.archive.Archive;
import io.tapsentinel.archive.ArchiveFigures;
import io.tapsentinel.archive.ArchiveSender;
import io.tapsentinel.yamlroutes.RoutesReload;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The simple health checks. */
public final class HealthChecks {

    private HealthChecks() {}

    /**
     * The only check of the liveness probe, since a restart fixes nothing else.
     *
     * @param stuck whether only a restart helps; must not block
     */
    public static ProgramHealthCheck ofProcess(BooleanSupplier stuck) {
        return new ProgramHealthCheck("process") {
            @Override
            public boolean isLiveness() {
                return true;
            }

            @Override
            protected void look(Findings findings) {
                if (stuck.getAsBoolean()) {
                    findings.problem(KnownProblem.STUCK);
                }
            }
        };
    }

    /** DEGRADED while an edit of the routes is refused, with the first reason. */
    public static ProgramHealthCheck ofRoutes(RoutesReload reload) {
        return of("routes", findings -> {
            List<String> refused = reload.refused();
            if (!refused.isEmpty()) {
                findings.detail("routes.refused", refused.get(0)).problem(KnownProblem.ROUTES, refused.get(0));
            }
        });
    }

    /** At worst DEGRADED: events are delivered without the archive. */
    public static ProgramHealthCheck ofArchive(Archive archive, ArchiveSender sender, ArchiveFigures figures) {
        return of("archive", findings -> {
            findings.asks("tap.archive.outbox")
                    .detail("archive.taken", sender.taken())
                    .detail("archive.waiting.files", figures.waiting())
                    .detail("archive.waiting.bytes", figures.bytes())
                    .detail("archive.waiting.seconds", figures.oldest().toSeconds())
                    .detail("archive.failed", sender.failed())
                    .detail("archive.dropped", archive.dropped());
            sender.failure().ifPresent(why -> findings.problem(KnownProblem.ARCHIVE_WAITS, why));
            archive.whyDropped().ifPresent(why -> findings.problem(KnownProblem.ARCHIVE_DROPS, why));
        });
    }

    private static ProgramHealthCheck of(String part, Consumer<Findings> look) {
        return new ProgramHealthCheck(part) {
            @Override
            protected void look(Findings findings) {
                look.accept(findings);
            }
        };
    }
}
