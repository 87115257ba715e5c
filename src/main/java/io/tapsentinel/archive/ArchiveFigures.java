package io.tapsentinel.archive;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tapsentinel.process.Look;
import io.tapsentinel.rejected.FolderSize;
import io.tapsentinel.tap.plan.Age;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** Measures the outbox when asked. */
public final class ArchiveFigures {

    private static final Duration ONE_SCRAPE = Duration.ofSeconds(1);

    private final Archive archive;
    private final InstantSource clock;

    public ArchiveFigures(Archive archive, InstantSource clock) {
        this.archive = archive;
        this.clock = clock;
    }

    /** Number of waiting answers. */
    public long waiting() {
        return FolderSize.of(archive.outbox().folder()).files();
    }

    /** Their compressed size in bytes. */
    public long bytes() {
        return FolderSize.of(archive.outbox().folder()).bytes();
    }

    /** How long the oldest answer has waited, as an {@link Age}; zero if none waits. */
    public Duration oldest() {
        try {
            List<Path> waiting = archive.outbox().waiting();
            Instant since = waiting.isEmpty()
                    ? clock.instant()
                    : Files.getLastModifiedTime(waiting.get(0)).toInstant();
            return Age.of(since, clock.instant());
        } catch (IOException | UncheckedIOException e) {
            // it was archived meanwhile
            return Duration.ZERO;
        }
    }

    /** Registers the metrics; without an archive all are 0. @param steady tells scrapes apart */
    public static void register(
            MeterRegistry registry, Archive archive, ArchiveSender sender, ArchiveFigures figures, Clock steady) {
        answers(registry, "kept", sender, ArchiveSender::taken);
        answers(registry, "failed", sender, ArchiveSender::failed);
        answers(registry, "dropped", archive, Archive::dropped);
        record Waiting(long files, long bytes, long seconds) {}
        Look<Waiting> folder = new Look<>(
                "archive-for-metrics",
                () -> new Waiting(
                        figures.waiting(), figures.bytes(), figures.oldest().toSeconds()),
                ONE_SCRAPE,
                steady);
        gauge(
                registry,
                "tap.archive.waiting",
                "Answers waiting for tap.archive.uri",
                null,
                () -> folder.get().files());
        gauge(
                registry,
                "tap.archive.waiting.bytes",
                "Compressed size of the waiting answers",
                null,
                () -> folder.get().bytes());
        gauge(
                registry,
                "tap.archive.oldest",
                "Age of the oldest waiting answer",
                "seconds",
                () -> folder.get().seconds());
    }

    private static <T> void answers(MeterRegistry registry, String result, T of, ToDoubleFunction<T> count) {
        FunctionCounter.builder("tap.archive.answers", of, count)
                .tag("result", result)
                .description(
                        "TAP's answers: stored at tap.archive.uri (kept), failed attempts (failed), not written to the outbox (dropped)")
                .register(registry);
    }

    private static void gauge(
            MeterRegistry registry, String name, String description, String unit, Supplier<Number> value) {
        Gauge.builder(name, value)
                .description(description)
                .baseUnit(unit)
                .strongReference(true)
                .register(registry);
    }
}
