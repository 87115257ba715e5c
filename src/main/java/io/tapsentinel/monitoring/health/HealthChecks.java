package io.tapsentinel.monitoring.health;

import io.tapsentinel.archive.Archive;
import io.tapsentinel.archive.ArchiveFigures;
import io.tapsentinel.archive.ArchiveSender;
import io.tapsentinel.yamlroutes.RoutesReload;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The parts of which health asks a single question. */
public final class HealthChecks {

    private HealthChecks() {}

    /**
     * Whether the process itself can go on. Liveness asks this part only, since a restart fixes nothing else.
     *
     * @param stuck whether only a restart can help; asked at every probe, so it must answer at once
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

    /** Whether the routes that run are those of the folder; DEGRADED while an edit is refused, with the first reason. */
    public static ProgramHealthCheck ofRoutes(RoutesReload reload) {
        return of("routes", findings -> {
            List<String> refused = reload.refused();
            if (!refused.isEmpty()) {
                findings.detail("routes.refused", refused.get(0)).problem(KnownProblem.ROUTES, refused.get(0));
            }
        });
    }

    /** Whether answers get into the archive. At worst DEGRADED, since events are delivered without it. */
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
