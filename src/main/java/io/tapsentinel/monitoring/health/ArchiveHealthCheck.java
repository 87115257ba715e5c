package io.tapsentinel.monitoring.health;

import io.tapsentinel.archive.Archive;
import io.tapsentinel.archive.ArchiveFigures;
import io.tapsentinel.archive.ArchiveSender;

/** Whether answers get into the archive. At worst DEGRADED, since events are delivered without it. */
public final class ArchiveHealthCheck extends ProgramHealthCheck {

    private final Archive archive;
    private final ArchiveSender sender;
    private final ArchiveFigures figures;

    public ArchiveHealthCheck(Archive archive, ArchiveSender sender, ArchiveFigures figures) {
        super("archive");
        this.archive = archive;
        this.sender = sender;
        this.figures = figures;
    }

    @Override
    protected void look(Findings findings) {
        findings.asks("tap.archive.outbox")
                .detail("archive.taken", sender.taken())
                .detail("archive.waiting.files", figures.waiting())
                .detail("archive.waiting.bytes", figures.bytes())
                .detail("archive.waiting.seconds", figures.oldest().toSeconds())
                .detail("archive.failed", sender.failed())
                .detail("archive.dropped", archive.dropped());
        sender.failure().ifPresent(why -> findings.problem(KnownProblem.ARCHIVE_WAITS, why));
        archive.whyDropped().ifPresent(why -> findings.problem(KnownProblem.ARCHIVE_DROPS, why));
    }
}
