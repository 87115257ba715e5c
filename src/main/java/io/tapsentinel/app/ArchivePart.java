package io.tapsentinel.app;

import io.tapsentinel.archive.Archive;
import io.tapsentinel.archive.ArchiveFigures;
import io.tapsentinel.archive.ArchiveRoute;
import io.tapsentinel.archive.ArchiveSender;
import io.tapsentinel.monitoring.health.HealthChecks;
import io.tapsentinel.read.AnswerArchive;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The optional archive of TAP's answers. */
final class ArchivePart {

    private static final Logger LOG = LoggerFactory.getLogger(ArchivePart.class);

    private ArchivePart() {}

    static AnswerArchive add(RunContext run) {
        Settings settings = run.settings();
        Archive archive = new Archive(
                settings.archive().outbox(),
                settings.source(),
                settings.archive().maxBytes(),
                run.clock());
        ArchiveSender sender = new ArchiveSender(archive, run.steady(), run.fatal());
        ArchiveFigures waiting = new ArchiveFigures(archive, run.clock());
        ArchiveFigures.register(run.registry(), archive, sender, waiting, run.steady());
        if (settings.archive().uri().isEmpty()) {
            return AnswerArchive.NONE;
        }
        LOG.info(
                "Archiving TAP answers with new events at {}",
                settings.archive().uri().get().replaceAll("[?].*", ""));
        run.main().bind("tap-archive", HealthChecks.ofArchive(archive, sender, waiting));
        run.addRoutes(new ArchiveRoute(archive, sender));
        return archive;
    }
}
